//! DOCX: each task begins a page with its heading, then a line of facts, then its text, a paragraph for each line.

use std::io::{self, Cursor, Seek, Write};

use docx_rs::{BuildXML, Docx as Shell, LineSpacing, Paragraph, Run, RunFonts, Style, StyleType};
use shiwen_core::Timestamp;

use crate::{Exported, Field, Wording, package::Package};

/// In half points.
const BODY: usize = 21;
const HEADING: usize = 32;
const SMALL: usize = 18;
/// One and a half lines, in 240ths of a line.
const LINE: i32 = 360;

pub(crate) struct Docx<'a, W: Write + Seek> {
    wording: &'a Wording,
    package: Package<W>,
    is_first: bool,
}

impl<'a, W: Write + Seek> Docx<'a, W> {
    pub(crate) fn new(at: Timestamp, wording: &'a Wording, out: W) -> io::Result<Self> {
        let mut shell = Cursor::new(Vec::new());
        empty(at).pack(&mut shell)?;
        let cut = |part: &str| {
            let (head, tail) = part.split_once("<w:body>")?;
            Some((format!("{head}<w:body>"), tail.to_owned()))
        };
        let package = Package::open(shell.into_inner(), "word/document.xml", out, cut)?;
        Ok(Self { wording, package, is_first: true })
    }

    pub(crate) fn add(&mut self, task: &Exported) -> io::Result<()> {
        let wording = self.wording;
        let begins_page = !std::mem::take(&mut self.is_first);
        let heading = paragraph(&wording.heading(task)).style("Heading1");
        self.put(heading.page_break_before(begins_page))?;
        for fact in [wording.facts(task), wording.value(Field::Url, task).into_owned()] {
            if !fact.is_empty() {
                self.put(paragraph(&fact).style("Facts"))?;
            }
        }
        let text = wording.value(Field::Text, task);
        for line in text.split('\n').map(str::trim_end).filter(|line| !line.is_empty()) {
            self.put(paragraph(line))?;
        }
        for field in [Field::Note, Field::Tags] {
            let value = wording.value(field, task);
            if !value.is_empty() {
                let named = wording.named(&wording.label(field), &value);
                for line in named.split('\n') {
                    self.put(paragraph(line).style("Facts"))?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<W> {
        self.package.close()
    }

    fn put(&mut self, paragraph: Paragraph) -> io::Result<()> {
        self.package.write(&paragraph.build())
    }
}

fn paragraph(text: &str) -> Paragraph {
    Paragraph::new().add_run(Run::new().add_text(text))
}

/// A document without a paragraph. Fonts are named for both scripts, since Word draws Chinese in a Western font badly.
fn empty(at: Timestamp) -> Shell {
    let fonts = RunFonts::new()
        .ascii("Calibri")
        .hi_ansi("Calibri")
        .east_asia("Microsoft YaHei")
        .cs("Arial");
    let heading = Style::new("Heading1", StyleType::Paragraph)
        .name("heading 1")
        .based_on("Normal")
        .next("Normal")
        .q_format(true)
        .outline_lvl(0)
        .size(HEADING)
        .bold();
    let facts = Style::new("Facts", StyleType::Paragraph)
        .name("Facts")
        .based_on("Normal")
        .color("666666")
        .size(SMALL);
    let time = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    let time = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    Shell::new()
        .created_at(&time)
        .updated_at(&time)
        .default_fonts(fonts)
        .default_size(BODY)
        .default_line_spacing(LineSpacing::new().line(LINE))
        .add_style(heading)
        .add_style(facts)
}
