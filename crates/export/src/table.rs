//! Tasks as a table for the clipboard: spreadsheets and documents (Excel, WPS, Feishu) paste it as rows and columns.

use crate::{
    Exported, Wording,
    cells::{Cell, cells, headers, safe},
};

/// One table in the two forms that programs look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Values between tabs, for programs that take plain text.
    pub tsv: String,
    pub html: String,
}

/// The tasks as a table with a row of headers.
pub fn table<'a>(tasks: impl IntoIterator<Item = &'a Exported>, wording: &Wording) -> Table {
    let mut table = Table {
        tsv: String::new(),
        html: "<meta charset=\"utf-8\"><table border=\"1\"><thead><tr>".to_owned(),
    };
    let headers = headers(wording);
    for header in &headers {
        table.html.push_str(&format!("<th>{}</th>", html(header)));
    }
    table.html.push_str("</tr></thead><tbody>");
    row(&mut table.tsv, headers.iter().map(|header| tsv(header)));
    for task in tasks {
        let cells = cells(task, wording);
        table.html.push_str("<tr>");
        for cell in &cells {
            let cell = match cell {
                // Excel takes a cell of this format as it stands.
                Cell::Text(text) => {
                    format!("<td style=\"mso-number-format:'\\@'\">{}</td>", html(&safe(text)))
                }
                Cell::Number(number) => format!("<td>{number}</td>"),
                Cell::Empty => "<td></td>".to_owned(),
            };
            table.html.push_str(&cell);
        }
        table.html.push_str("</tr>");
        let plain = |cell: &Cell| match cell {
            Cell::Text(text) => tsv(&safe(text)),
            Cell::Number(number) => number.to_string(),
            Cell::Empty => String::new(),
        };
        row(&mut table.tsv, cells.iter().map(plain));
    }
    table.html.push_str("</tbody></table>");
    table
}

fn row(table: &mut String, cells: impl Iterator<Item = String>) {
    table.push_str(&cells.collect::<Vec<_>>().join("\t"));
    table.push_str("\r\n");
}

/// In quotes where lines or tabs inside would break the table.
fn tsv(text: &str) -> String {
    if text.contains(['\t', '\n', '"']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // Without the hint Excel begins another row.
            '\n' => html.push_str("<br style=\"mso-data-placement:same-cell\">"),
            letter => html.push(letter),
        }
    }
    html
}
