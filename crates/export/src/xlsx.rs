//! XLSX: one sheet, every text a text. What does not fit into a cell goes on in cells behind the last column.

use std::{
    fmt::Write as _,
    io::{self, Seek, Write},
};

use crate::{
    Exported, Wording, WriteError,
    cells::{Cell, cells, headers, width},
    package::{Package, escape},
};

const TYPES: &str = concat!(
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#,
    r#"<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#,
    r#"<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#,
    "</Types>",
);
const RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>"#,
    "</Relationships>",
);
const BOOK_RELATIONS: &str = concat!(
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#,
    r#"<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>"#,
    r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>"#,
    "</Relationships>",
);
/// The formats of cells by their numbers: 0 is plain, [`BOLD`] for headers, [`TEXT`] for texts, which stay texts also
/// when somebody edits one that looks like a formula.
const STYLES: &str = concat!(
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>"#,
    r#"<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>"#,
    // Excel takes the first two for its own.
    r#"<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>"#,
    r#"<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"#,
    r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#,
    r#"<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
    r#"<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyAlignment="1"><alignment vertical="top"/></xf></cellXfs>"#,
    r#"<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>"#,
    "</styleSheet>",
);
const BOLD: u8 = 1;
const TEXT: u8 = 2;
/// The first row stays in view.
const VIEW: &str = concat!(
    r#"<sheetViews><sheetView tabSelected="1" workbookViewId="0">"#,
    r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/>"#,
    r#"</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>"#,
);

/// Rows of a sheet, the one with the headers among them.
const ROWS: u32 = 1_048_576;
/// What Excel takes into one cell, in UTF-16 units.
const LONGEST: usize = 32_767;

pub(crate) struct Xlsx<'a, W: Write + Seek> {
    wording: &'a Wording,
    headers: Vec<String>,
    package: Package<W>,
    /// The last row that was written, from 1.
    row: u32,
    xml: String,
}

impl<'a, W: Write + Seek> Xlsx<'a, W> {
    pub(crate) fn new(tasks: u32, wording: &'a Wording, out: W) -> Result<Self, WriteError> {
        if tasks >= ROWS {
            return Err(WriteError::TooMany { most: ROWS - 1 });
        }
        let headers = headers(wording);
        let mut sheet = String::from(
            r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
        );
        sheet.push_str(VIEW);
        sheet.push_str("<cols>");
        for column in 0..headers.len() {
            let (at, width) = (column + 1, width(column));
            let _ =
                write!(sheet, r#"<col min="{at}" max="{at}" width="{width}" customWidth="1"/>"#);
        }
        sheet.push_str(r#"</cols><sheetData><row r="1">"#);
        for (column, header) in headers.iter().enumerate() {
            text(&mut sheet, &name(column, 1), BOLD, header);
        }
        sheet.push_str("</row>");
        let parts = [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELATIONS),
            ("xl/workbook.xml", &book(&wording.say("cli.export.sheet"))),
            ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS),
            ("xl/styles.xml", STYLES),
        ];
        let ends = (sheet.as_str(), "</sheetData></worksheet>");
        let package = Package::open(&parts, "xl/worksheets/sheet1.xml", ends, out)?;
        Ok(Self { wording, headers, package, row: 1, xml: String::new() })
    }

    pub(crate) fn add(&mut self, task: &Exported) -> Result<(), WriteError> {
        self.row += 1;
        if self.row > ROWS {
            return Err(WriteError::TooMany { most: ROWS - 1 });
        }
        self.xml.clear();
        let _ = write!(self.xml, "<row r=\"{}\">", self.row);
        let cells = cells(task, self.wording);
        let mut rests = Vec::new();
        for (column, cell) in cells.iter().enumerate() {
            match cell {
                Cell::Text(text) => {
                    let mut pieces = pieces(text, LONGEST).into_iter();
                    self.text(column, pieces.next().unwrap_or_default());
                    rests.extend(pieces.map(|piece| (column, piece)));
                }
                Cell::Number(number) => {
                    let name = name(column, self.row);
                    let _ = write!(self.xml, "<c r=\"{name}\"><v>{number}</v></c>");
                }
                Cell::Empty => {}
            }
        }
        for (place, (column, rest)) in rests.into_iter().enumerate() {
            // So that nobody wonders what stands in a column without a header.
            let label = self.headers.get(column).map(String::as_str).unwrap_or_default();
            let lead = format!("…{label}… ");
            self.text(cells.len() + place, &format!("{lead}{rest}"));
        }
        self.xml.push_str("</row>");
        self.package.write(&self.xml)?;
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<W> {
        self.package.close()
    }

    fn text(&mut self, column: usize, content: &str) {
        text(&mut self.xml, &name(column, self.row), TEXT, content);
    }
}

/// A cell with a text of its own, not one of a table of texts: that would have to be whole before the first row.
fn text(xml: &mut String, name: &str, style: u8, content: &str) {
    let _ = write!(
        xml,
        r#"<c r="{name}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#,
        escaped(content)
    );
}

/// The workbook with its one sheet.
fn book(sheet: &str) -> String {
    let mut name = String::new();
    escape(sheet, &mut name);
    format!(
        concat!(
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#,
            r#" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">"#,
            r#"<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        name = name
    )
}

/// The text in pieces that fit into cells, letters whole. Behind the first there is room for a lead.
fn pieces(text: &str, longest: usize) -> Vec<&str> {
    const LEAD: usize = 64;
    let mut pieces = Vec::new();
    let (mut start, mut units, mut room) = (0, 0, longest);
    for (at, letter) in text.char_indices() {
        if units + letter.len_utf16() > room {
            pieces.push(&text[start..at]);
            (start, units, room) = (at, 0, longest.saturating_sub(LEAD).max(2));
        }
        units += letter.len_utf16();
    }
    pieces.push(&text[start..]);
    pieces
}

/// `A1`, `AB3` …, of a column from 0 and a row from 1.
fn name(column: usize, row: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        // Below 26.
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut from = 0;
    // Excel reads `_x0041_` as a letter by its number.
    for (at, _) in text.match_indices('_') {
        if is_number_of_letter(&text.as_bytes()[at..]) {
            escape(&text[from..at], &mut escaped);
            escaped.push_str("_x005F_");
            from = at + 1;
        }
    }
    escape(&text[from..], &mut escaped);
    escaped
}

fn is_number_of_letter(text: &[u8]) -> bool {
    matches!(text, [b'_', b'x', digits @ ..]
        if digits.len() > 4 && digits[4] == b'_' && digits[..4].iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fit_and_make_the_whole() {
        assert_eq!(pieces("", 5), [""]);
        assert_eq!(pieces("abcde", 5), ["abcde"]);
        assert_eq!(pieces("abcd👪e", 5), ["abcd", "👪", "e"]);
        let text = "字".repeat(200);
        let parts = pieces(&text, 100);
        assert_eq!(parts.concat(), text);
        assert_eq!(
            parts.iter().map(|part| part.chars().count()).collect::<Vec<_>>(),
            [100, 36, 36, 28]
        );
    }

    #[test]
    fn cells_are_named_as_excel_does() {
        for (column, expected) in [(0, "A7"), (25, "Z7"), (26, "AA7"), (701, "ZZ7"), (702, "AAA7")]
        {
            assert_eq!(name(column, 7), expected);
        }
    }

    #[test]
    fn what_excel_would_read_as_a_letter_by_number_is_disarmed() {
        assert_eq!(escaped("a_x0041_b & <c>"), "a_x005F_x0041_b &amp; &lt;c&gt;");
        assert_eq!(escaped("_x41_ _xyz"), "_x41_ _xyz");
    }
}
