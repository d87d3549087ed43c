//! DOCX: each task begins a page with its heading, then a line of facts, then its text, a paragraph for each line.

use std::io::{self, Seek, Write};

use docx_rs::{
    AppProps, BuildXML, ContentTypes, CoreProps, FontTable, LineSpacing, ParagraphProperty, Rels,
    RunFonts, SectionProperty, Settings, Style, StyleType, Styles, Text,
};
use shiwen_core::Timestamp;

use crate::{Exported, Field, Wording, package::Package};

/// In half points.
const BODY: usize = 21;
const HEADING: usize = 32;
const SMALL: usize = 18;
/// One and a half lines, in 240ths of a line.
const LINE: i32 = 360;

/// What names of relationships between parts begin with.
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
/// What kinds of parts of a document for Word begin with.
const PART: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml";
const OPENING: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#,
);

pub(crate) struct Docx<'a, W: Write + Seek> {
    wording: &'a Wording,
    package: Package<W>,
    is_first: bool,
}

impl<'a, W: Write + Seek> Docx<'a, W> {
    pub(crate) fn new(at: Timestamp, wording: &'a Wording, out: W) -> io::Result<Self> {
        let mut package = Package::new(out);
        for (name, part) in shell(at) {
            package.add(name, &part)?;
        }
        package.begin("word/document.xml")?;
        package.write(OPENING.as_bytes())?;
        Ok(Self { wording, package, is_first: true })
    }

    pub(crate) fn add(&mut self, task: &Exported) -> io::Result<()> {
        let wording = self.wording;
        let begins_page = !std::mem::take(&mut self.is_first);
        let heading = ParagraphProperty::new().style("Heading1").page_break_before(begins_page);
        self.put(&wording.heading(task), heading)?;
        for fact in [wording.facts(task), wording.value(Field::Url, task).into_owned()] {
            if !fact.is_empty() {
                self.put(&fact, facts())?;
            }
        }
        let text = wording.value(Field::Text, task);
        for line in text.split('\n').map(str::trim_end).filter(|line| !line.is_empty()) {
            self.put(line, ParagraphProperty::new())?;
        }
        for field in [Field::Note, Field::Tags] {
            let value = wording.value(field, task);
            if !value.is_empty() {
                let named = wording.named(&wording.label(field), &value);
                for line in named.split('\n') {
                    self.put(line, facts())?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.package.write(&SectionProperty::new().build())?;
        self.package.write(b"</w:body></w:document>")?;
        self.package.close()
    }

    /// The library's own paragraph may hold tables, pictures and comments, half a megabyte of code.
    fn put(&mut self, text: &str, property: ParagraphProperty) -> io::Result<()> {
        let (property, text) = (property.build(), Text::new(text).build());
        for piece in [b"<w:p>", &*property, b"<w:r>", &text, b"</w:r></w:p>"] {
            self.package.write(piece)?;
        }
        Ok(())
    }
}

fn facts() -> ParagraphProperty {
    ParagraphProperty::new().style("Facts")
}

/// Every part but the document itself.
fn shell(at: Timestamp) -> [(&'static str, Vec<u8>); 8] {
    let time = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    let time = time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let kinds = ContentTypes::new()
        .add_content("/word/document.xml", format!("{PART}.document.main+xml"))
        .add_content("/word/styles.xml", format!("{PART}.styles+xml"))
        .add_content("/word/settings.xml", format!("{PART}.settings+xml"))
        .add_content("/word/fontTable.xml", format!("{PART}.fontTable+xml"))
        .add_content(
            "/docProps/core.xml",
            "application/vnd.openxmlformats-package.core-properties+xml",
        )
        .add_content(
            "/docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        );
    let of_package = Rels::new()
        .add_rel(format!("{RELATION}/officeDocument"), "word/document.xml")
        .add_rel(
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
            "docProps/core.xml",
        )
        .add_rel(format!("{RELATION}/extended-properties"), "docProps/app.xml");
    let of_document = Rels::new()
        .add_rel(format!("{RELATION}/styles"), "styles.xml")
        .add_rel(format!("{RELATION}/settings"), "settings.xml")
        .add_rel(format!("{RELATION}/fontTable"), "fontTable.xml");
    [
        ("[Content_Types].xml", kinds.build()),
        ("_rels/.rels", of_package.build()),
        ("docProps/core.xml", CoreProps::default().created_at(&time).updated_at(&time).build()),
        ("docProps/app.xml", AppProps::default().build()),
        ("word/_rels/document.xml.rels", of_document.build()),
        ("word/styles.xml", styles().build()),
        ("word/settings.xml", Settings::new().build()),
        ("word/fontTable.xml", FontTable::new().build()),
    ]
}

/// Fonts are named for both scripts, since Word draws Chinese in a Western font badly.
fn styles() -> Styles {
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
    Styles::new()
        .default_fonts(fonts)
        .default_size(BODY)
        .default_line_spacing(LineSpacing::new().line(LINE))
        .add_style(heading)
        .add_style(facts)
}
