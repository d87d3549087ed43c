//! DOCX: each task begins a page with its heading, then a line of facts, then its text, a paragraph for each line.
//!
//! The elements stand in the order that ECMA-376 (part 1, chapter 17) wants; Word refuses some others.

use std::io::{self, Seek, Write};

use shiwen_core::Timestamp;

use crate::{
    Exported, Field, Wording,
    package::{Package, escape},
};

const TYPES: &str = concat!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#,
    r#"<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>"#,
    r#"<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#,
    "</Types>",
);
const RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>"#,
    "</Relationships>",
);
const DOCUMENT_RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    "</Relationships>",
);
/// Fonts are named for both scripts, since Word draws Chinese in a Western font badly. Sizes are in half points, one and
/// a half lines are 360 240ths of a line.
const STYLES: &str = concat!(
    r#"<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">"#,
    r#"<w:docDefaults><w:rPrDefault><w:rPr>"#,
    r#"<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Microsoft YaHei" w:cs="Arial"/>"#,
    r#"<w:sz w:val="21"/><w:szCs w:val="21"/>"#,
    r#"</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line="360" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>"#,
    r#"<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>"#,
    r#"<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/>"#,
    r#"<w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:bCs/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>"#,
    r#"<w:style w:type="paragraph" w:customStyle="1" w:styleId="Facts"><w:name w:val="Facts"/><w:basedOn w:val="Normal"/><w:qFormat/>"#,
    r#"<w:rPr><w:color w:val="666666"/><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr></w:style>"#,
    "</w:styles>",
);
const HEAD: &str = r#"<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#;
/// A4, in 20ths of a point.
const TAIL: &str = concat!(
    r#"<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>"#,
    r#"<w:pgMar w:top="1985" w:right="1701" w:bottom="1701" w:left="1701" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>"#,
    "</w:body></w:document>",
);

pub(crate) struct Docx<'a, W: Write + Seek> {
    wording: &'a Wording,
    package: Package<W>,
    is_first: bool,
    xml: String,
}

impl<'a, W: Write + Seek> Docx<'a, W> {
    pub(crate) fn new(at: Timestamp, wording: &'a Wording, out: W) -> io::Result<Self> {
        let parts = [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELATIONS),
            ("docProps/core.xml", &core(at)),
            ("word/styles.xml", STYLES),
            ("word/_rels/document.xml.rels", DOCUMENT_RELATIONS),
        ];
        let package = Package::open(&parts, "word/document.xml", (HEAD, TAIL), out)?;
        Ok(Self { wording, package, is_first: true, xml: String::new() })
    }

    pub(crate) fn add(&mut self, task: &Exported) -> io::Result<()> {
        let wording = self.wording;
        let heading = match std::mem::take(&mut self.is_first) {
            true => r#"<w:pStyle w:val="Heading1"/>"#,
            false => r#"<w:pStyle w:val="Heading1"/><w:pageBreakBefore/>"#,
        };
        let facts = r#"<w:pStyle w:val="Facts"/>"#;
        self.put(heading, &wording.heading(task))?;
        for fact in [wording.facts(task), wording.value(Field::Url, task).into_owned()] {
            if !fact.is_empty() {
                self.put(facts, &fact)?;
            }
        }
        let text = wording.value(Field::Text, task);
        for line in text.split('\n').map(str::trim_end).filter(|line| !line.is_empty()) {
            self.put("", line)?;
        }
        for field in [Field::Note, Field::Tags] {
            let value = wording.value(field, task);
            if !value.is_empty() {
                let named = wording.named(&wording.label(field), &value);
                for line in named.split('\n') {
                    self.put(facts, line)?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<W> {
        self.package.close()
    }

    /// A paragraph.
    fn put(&mut self, properties: &str, text: &str) -> io::Result<()> {
        self.xml.clear();
        self.xml.push_str("<w:p>");
        if !properties.is_empty() {
            self.xml.extend(["<w:pPr>", properties, "</w:pPr>"]);
        }
        self.xml.push_str(r#"<w:r><w:t xml:space="preserve">"#);
        escape(text, &mut self.xml);
        self.xml.push_str("</w:t></w:r></w:p>");
        self.package.write(&self.xml)
    }
}

/// When the document was made.
fn core(at: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    let time = time.strftime("%Y-%m-%dT%H:%M:%SZ");
    format!(
        concat!(
            r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties""#,
            r#" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
            r#"<dcterms:created xsi:type="dcterms:W3CDTF">{time}</dcterms:created>"#,
            r#"<dcterms:modified xsi:type="dcterms:W3CDTF">{time}</dcterms:modified></cp:coreProperties>"#,
        ),
        time = time
    )
}
