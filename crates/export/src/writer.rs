//! One door to all formats.

use std::io::{self, Seek, Write};

use shiwen_core::{ExportFormat, Timestamp};

use crate::{
    Exported, Template, Wording, csv_file::CsvFile, docx::Docx, json::Json, markdown::Markdown,
    txt::Txt, xlsx::Xlsx,
};

/// What is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    pub format: ExportFormat,
    /// How a task is written in `txt` and `md`; the others have no use for it.
    pub template: Option<&'a Template>,
    /// How many tasks will come.
    pub tasks: u32,
    /// When it is written.
    pub at: Timestamp,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// More tasks than the format can hold; nothing was written.
    #[error("the file can hold {most} tasks")]
    TooMany { most: u32 },
    #[error("the file could not be written")]
    Io(#[from] io::Error),
}

/// Writes tasks into a file of some format. A file that is not finished is no file.
pub struct Writer<'a, W: Write + Seek> {
    form: Form<'a, W>,
}

enum Form<'a, W: Write + Seek> {
    Txt(Txt<'a, W>),
    Markdown(Markdown<'a, W>),
    Docx(Box<Docx<'a, W>>),
    Csv(Box<CsvFile<'a, W>>),
    Xlsx(Box<Xlsx<'a, W>>),
    Json(Json<W>),
}

impl<'a, W: Write + Seek> Writer<'a, W> {
    /// Begins a file.
    ///
    /// # Errors
    /// [`WriteError::TooMany`] before anything is written.
    pub fn new(plan: Plan<'a>, wording: &'a Wording, out: W) -> Result<Self, WriteError> {
        let form = match plan.format {
            ExportFormat::Txt => Form::Txt(Txt::new(plan.template, wording, out)),
            ExportFormat::Markdown => Form::Markdown(Markdown::new(plan, wording, out)),
            ExportFormat::Docx => Form::Docx(Box::new(Docx::new(plan.at, wording, out)?)),
            ExportFormat::Csv => Form::Csv(Box::new(CsvFile::new(wording, out)?)),
            ExportFormat::Xlsx => Form::Xlsx(Box::new(Xlsx::new(plan.tasks, wording, out)?)),
            ExportFormat::Json => Form::Json(Json::new(plan.at, wording, out)?),
        };
        Ok(Self { form })
    }

    /// Writes a task behind those before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, task: &Exported) -> Result<(), WriteError> {
        match &mut self.form {
            Form::Txt(txt) => txt.add(task)?,
            Form::Markdown(markdown) => markdown.add(task)?,
            Form::Docx(docx) => docx.add(task)?,
            Form::Csv(csv) => csv.add(task)?,
            Form::Xlsx(xlsx) => xlsx.add(task)?,
            Form::Json(json) => json.add(task)?,
        }
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> Result<W, WriteError> {
        let mut out = match self.form {
            Form::Txt(txt) => txt.finish(),
            Form::Markdown(markdown) => markdown.finish(),
            Form::Docx(docx) => docx.finish()?,
            Form::Csv(csv) => csv.finish()?,
            Form::Xlsx(xlsx) => xlsx.finish()?,
            Form::Json(json) => json.finish()?,
        };
        out.flush()?;
        Ok(out)
    }
}
