//! CSV as Excel opens it by a double click: UTF-8 with a mark that says so, lines that end in CRLF, no formulas.

use std::io::{self, Write};

use crate::{
    Exported, Wording,
    cells::{Cell, cells, headers, safe},
};

pub(crate) struct CsvFile<'a, W: Write> {
    wording: &'a Wording,
    writer: csv::Writer<W>,
}

impl<'a, W: Write> CsvFile<'a, W> {
    pub(crate) fn new(wording: &'a Wording, out: W) -> io::Result<Self> {
        let mut writer = writer(out)?;
        writer.write_record(headers(wording)).map_err(io::Error::from)?;
        Ok(Self { wording, writer })
    }

    pub(crate) fn add(&mut self, task: &Exported) -> io::Result<()> {
        for cell in cells(task, self.wording) {
            match cell {
                Cell::Text(text) => self.writer.write_field(safe(&text).as_ref()),
                Cell::Number(number) => self.writer.write_field(number.to_string()),
                Cell::Empty => self.writer.write_field(""),
            }
            .map_err(io::Error::from)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(io::Error::from)
    }

    pub(crate) fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| error.into_error())
    }
}

/// A writer of such a file.
pub(crate) fn writer<W: Write>(mut out: W) -> io::Result<csv::Writer<W>> {
    out.write_all("\u{FEFF}".as_bytes())?;
    let mut builder = csv::WriterBuilder::new();
    // In quotes a text stays one cell also where Excel separates by semicolons.
    builder.terminator(csv::Terminator::CRLF).quote_style(csv::QuoteStyle::NonNumeric);
    Ok(builder.from_writer(out))
}
