//! XLSX: one sheet, every text a text. What does not fit into a cell goes on in cells behind the last column.

use std::{
    fmt::Write as _,
    io::{self, Seek, Write},
};

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

use crate::{
    Exported, Wording, WriteError,
    cells::{Cell, cells, headers, width},
    package::Package,
};

/// Rows of a sheet, the one with the headers among them.
const ROWS: u32 = 1_048_576;
/// What Excel takes into one cell, in UTF-16 units.
const LONGEST: usize = 32_767;

pub(crate) struct Xlsx<'a, W: Write + Seek> {
    wording: &'a Wording,
    headers: Vec<String>,
    package: Package<W>,
    /// The format of texts, by its number in the package.
    style: String,
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
        let shell = shell(&wording.say("cli.export.sheet"), &headers).map_err(sorted)?;
        let mut style = String::new();
        let package = Package::open(shell, "xl/worksheets/sheet1.xml", out, |sheet| {
            let (head, rest) = sheet.split_once("<row r=\"2\"")?;
            let (model, tail) = rest.split_once("</sheetData>")?;
            style = model.split_once(" s=\"")?.1.split_once('"')?.0.to_owned();
            // Readers count for themselves; a size that is wrong would mislead them.
            let (before, after) = head.split_once("<dimension")?;
            let head = format!("{before}{}", after.split_once("/>")?.1);
            Some((head, format!("</sheetData>{tail}")))
        })?;
        Ok(Self { wording, headers, package, style, row: 1, xml: String::new() })
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
        self.package.write(self.xml.as_bytes())?;
        Ok(())
    }

    pub(crate) fn finish(self) -> io::Result<W> {
        self.package.close()
    }

    fn text(&mut self, column: usize, text: &str) {
        let (name, style) = (name(column, self.row), &self.style);
        let _ = write!(
            self.xml,
            "<c r=\"{name}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            escaped(text)
        );
    }
}

/// A workbook with the headers, and in the second row a cell in the format of texts to learn its number from.
fn shell(sheet: &str, headers: &[String]) -> Result<Vec<u8>, XlsxError> {
    let bold = Format::new().set_bold();
    // Whoever edits a text that looks like a formula still has a text.
    let text = Format::new().set_align(FormatAlign::Top).set_quote_prefix();
    let mut workbook = Workbook::new();
    let worksheet = workbook.add_worksheet().set_name(sheet)?;
    for (column, header) in (0..).zip(headers) {
        worksheet.write_string_with_format(0, column, header, &bold)?;
        worksheet.set_column_width(column, f64::from(width(usize::from(column))))?;
    }
    worksheet.write_blank(1, 0, &text)?;
    worksheet.set_freeze_panes(1, 0)?;
    workbook.save_to_buffer()
}

fn sorted(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
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
    for (at, letter) in text.char_indices() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Excel reads `_x0041_` as a letter by its number.
            '_' if is_number_of_letter(&text.as_bytes()[at..]) => escaped.push_str("_x005F_"),
            letter => escaped.push(letter),
        }
    }
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
