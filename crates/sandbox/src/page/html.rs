//! The pieces that the page is made of. Whatever comes from outside is text and never HTML.

use std::fmt::Write;

use crate::simulated;

const STYLE: &str = include_str!("style.css");

/// A cell of a table.
pub(super) enum Cell {
    Text(String),
    /// With `code` between backticks.
    Prose(&'static str),
    Code(String),
    Link(String),
    Number(u64),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn prose(text: &'static str) -> Self {
        Self::Prose(text)
    }

    pub(super) fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }

    pub(super) fn link(url: String) -> Self {
        Self::Link(url)
    }

    pub(super) fn number(number: u64) -> Self {
        Self::Number(number)
    }

    fn html(&self) -> String {
        match self {
            Self::Text(text) => format!("<td>{}</td>", escaped(text)),
            Self::Prose(text) => format!("<td>{}</td>", with_code(text)),
            Self::Code(text) => format!("<td class=\"code\">{}</td>", escaped(text)),
            Self::Link(url) => {
                let url = escaped(url);
                format!("<td class=\"code\"><a href=\"{url}\">{url}</a></td>")
            }
            Self::Number(number) => format!("<td class=\"number\">{number}</td>"),
        }
    }
}

/// A page as it grows.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    /// HTML of our own.
    pub(super) fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    pub(super) fn heading(&mut self, id: &str, title: &str, english: &str) {
        self.line(&format!("<h2 id=\"{id}\">{title}<small>{english}</small></h2>"));
    }

    pub(super) fn part(&mut self, title: &str, english: &str) {
        self.line(&format!("<h3>{title}<small>{english}</small></h3>"));
    }

    pub(super) fn paragraph(&mut self, text: &str, english: &str) {
        self.line(&format!("<p>{}</p>\n<p class=\"en\">{}</p>", escaped(text), escaped(english)));
    }

    /// A service with its base URL and its account.
    pub(super) fn service(&mut self, id: &str, base: &str, account: &[(&str, &str)]) {
        self.line(&format!("<h3>{id}</h3>\n<p><code>{}</code></p>", escaped(base)));
        let fields = account
            .iter()
            .map(|(name, value)| format!("<code>{} = {}</code>", escaped(name), escaped(value)));
        self.line(&format!("<p>{}</p>", fields.collect::<Vec<String>>().join(" ")));
    }

    pub(super) fn table<const N: usize>(
        &mut self,
        head: [(&str, &str); N],
        rows: impl Iterator<Item = [Cell; N]>,
    ) {
        let head: String = head
            .iter()
            .map(|(title, english)| format!("<th>{title}<small>{english}</small></th>"))
            .collect();
        self.line(&format!("<div class=\"wide\"><table><tr>{head}</tr>"));
        for row in rows {
            let cells: String = row.iter().map(Cell::html).collect();
            self.line(&format!("<tr>{cells}</tr>"));
        }
        self.line("</table></div>");
    }

    pub(super) fn knob_form(&mut self, failures: &[&str]) {
        self.line("<form method=\"post\" action=\"/_sandbox/knobs\">");
        self.line("<label>对象 To<select name=\"to\">");
        let mut groups: Vec<&str> = Vec::new();
        for simulated in simulated::ALL {
            let id = simulated.id;
            if groups.contains(&id) {
                continue;
            }
            groups.push(id);
            self.line(&format!(
                "<optgroup label=\"{id}\"><option value=\"{id}\">{id}：全部 all</option>"
            ));
            for route in simulated.routes {
                self.line(&format!("<option value=\"{id} {route}\">{route}</option>"));
            }
            self.line("</optgroup>");
        }
        self.line("</select></label>");
        self.line("<label>延迟 Delay (ms)<input name=\"delay_ms\" type=\"number\" min=\"0\" max=\"600000\" value=\"0\"></label>");
        self.line("<label>错误 Failure<select name=\"failure\"><option value=\"\">—</option>");
        for failure in failures {
            self.line(&format!("<option>{failure}</option>"));
        }
        self.line("</select></label>");
        self.line("<label>次数 Times<input name=\"times\" type=\"number\" min=\"1\" placeholder=\"∞\"></label>");
        self.line("<button>设定 Set</button>\n</form>");
    }

    /// A button that posts to an address of ours.
    pub(super) fn button(&mut self, action: &str, words: &str) {
        self.line(&format!(
            "<form method=\"post\" action=\"{action}\"><button>{words}</button></form>"
        ));
    }

    pub(super) fn finish(self, title: &str) -> String {
        let Self(body) = self;
        format!(
            "<!doctype html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>\n{STYLE}</style></head><body>\n{body}</body></html>\n"
        )
    }

    fn line(&mut self, html: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{html}");
    }
}

fn with_code(text: &str) -> String {
    let piece = |(place, piece): (usize, &str)| {
        let piece = escaped(piece);
        if place % 2 == 1 { format!("<code>{piece}</code>") } else { piece }
    };
    text.split('`').enumerate().map(piece).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
