//! `extract`: links out of any text.

use std::io::{BufRead, Read, Write};

use serde::{Deserialize, Serialize};
use shiwen_core::Link;
use shiwen_session::Words;

use crate::{
    json,
    output::{Exit, say},
};

#[derive(clap::Args)]
pub(crate) struct Extract {
    /// Read JSON lines `{"id", "text"}` from standard input and answer each with `{"id", "links"}`.
    #[arg(long, conflicts_with = "text")]
    jsonl: bool,
    /// The text; `-` or nothing reads standard input.
    text: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    id: serde_json::Value,
    text: String,
}

#[derive(Serialize)]
struct Answer {
    id: serde_json::Value,
    links: Vec<Link>,
    /// Why the line could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Extract {
    pub(crate) fn run(&self, json: bool, words: &Words) -> anyhow::Result<Exit> {
        if self.jsonl {
            return lines();
        }
        let text = read(self.text.as_deref())?;
        let found = shiwen_share_text::extract(&text);
        if json {
            let links: Vec<&Link> = found.iter().map(|found| &found.link).collect();
            say!("{}", json::line(&links)?);
        } else {
            for found in &found {
                let link = &found.link;
                let id = link.id.as_deref().unwrap_or("-");
                say!("{}\t{}\t{}\t{id}", link.url, link.platform, link.kind);
            }
        }
        if found.is_empty() {
            say_notice(words, &text, &found);
            return Ok(Exit::NoLink);
        }
        Ok(Exit::Done)
    }
}

/// A text from the command line, or standard input where it is `-` or missing.
pub(crate) fn read(text: Option<&str>) -> anyhow::Result<String> {
    match text {
        Some(text) if text != "-" => Ok(text.to_owned()),
        _ => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

/// Why a text holds nothing to submit.
pub(crate) fn say_notice(words: &Words, text: &str, found: &[shiwen_share_text::Found]) {
    let key = match shiwen_share_text::notice(text, found) {
        Some(shiwen_core::Notice::CommandOnly) => "notice.command_only",
        Some(shiwen_core::Notice::LooksLikeSecret) => "notice.secret",
        Some(shiwen_core::Notice::NoLink) | None => "notice.no_link",
    };
    eprintln!("{}", words.say(key, &[]));
    eprintln!("{}", words.say(&format!("{key}.text"), &[]));
    if key != "notice.secret" {
        eprintln!("  {} https://v.douyin.com/iRk3xQ7_p2A/", words.say("notice.sample", &[]));
    }
}

/// One line out for each line in; a line that cannot be read says so and holds up no other.
fn lines() -> anyhow::Result<Exit> {
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = match serde_json::from_slice::<Asked>(&line) {
            Ok(Asked { id, text }) => {
                Answer { id, links: shiwen_share_text::links(&text), error: None }
            }
            Err(error) => {
                let error = Some(error.to_string());
                Answer { id: serde_json::Value::Null, links: Vec::new(), error }
            }
        };
        serde_json::to_writer(&mut output, &answer)?;
        output.write_all(b"\n")?;
    }
    output.flush()?;
    Ok(Exit::Done)
}
