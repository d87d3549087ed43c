//! The answer to a streamed run, read whole at its end: events in the format of `text/event-stream`.
//!
//! Events are numbered from 0 without a gap, and the last one is `Done`. Anything else proves that something of
//! the answer is missing, and the run may have been charged for.

use std::collections::BTreeMap;

use serde_json::Value;
use shiwen_core::{Failure, FailureKind, Operation, Timestamp};
use shiwen_http::Response;

use super::{ID, codes, named_run, output, trace};
use crate::{
    Answer, Created,
    classify::{self, Refused, failure, maybe},
    lenient::{self, Fields},
    spoken,
};

#[derive(Debug, Default, PartialEq)]
struct Event {
    id: Option<u64>,
    name: String,
    data: String,
}

/// What one node of the workflow said, in all of its messages.
struct Said {
    ends: bool,
    text: String,
}

/// What all nodes said, in the order in which they began to speak.
#[derive(Default)]
struct Nodes {
    said: Vec<Said>,
    places: BTreeMap<String, usize>,
}

/// What a streamed run came to; none where the answer is no stream.
pub(super) fn created(
    operation: Operation,
    response: &Response,
    now: Timestamp,
) -> Option<Created> {
    let events = events(response)?;
    let doubt = |kind, words: &str| {
        Created::Unknown(maybe(Failure {
            message: spoken::message(words),
            trace_id: trace(response, None),
            ..failure(ID, kind, response, now)
        }))
    };
    let mut nodes = Nodes::default();
    let mut next: u64 = 0;
    let mut whole = true;
    let mut done = None;
    for event in &events {
        if let Some(id) = event.id {
            whole &= id == next;
            next = id.wrapping_add(1);
        }
        let data = lenient::json(event.data.as_bytes()).unwrap_or(Value::Null);
        let fields = Fields::of(&data);
        match (event.name.to_ascii_lowercase().as_str(), fields) {
            ("message", Some(fields)) => nodes.add(fields),
            ("message", None) => whole = false,
            ("error", fields) => {
                return Some(failed(fields, !nodes.said.is_empty(), response, now));
            }
            ("interrupt", _) => {
                return Some(doubt(FailureKind::InvalidInput, output::ASKS_FOR_INPUT));
            }
            ("done", fields) => done = Some(fields.and_then(named_run)),
            // PING, and what nobody knows yet.
            _ => {}
        }
    }
    let words = match (&done, whole) {
        (Some(_), true) => match answer(operation, &nodes.said, now) {
            Some(answer) => return Some(Created::Done(answer)),
            None => "the run gave nothing that can be used",
        },
        (Some(_), false) => "parts of the stream are missing",
        (None, _) => "the stream ended before the run",
    };
    // Its history has what did not come, and reading it is free.
    if let Some((workflow_id, execute_id)) = done.flatten() {
        let remote_id = format!("{workflow_id}/{execute_id}");
        return Some(Created::Accepted { remote_id, allowance: None, cost: None });
    }
    Some(doubt(FailureKind::MalformedResponse, words))
}

impl Nodes {
    fn add(&mut self, message: Fields<'_>) {
        let title = message.text("node_title").unwrap_or_default();
        let node = message.code("node_id").unwrap_or_else(|| title.to_owned());
        // Blank parts count: they are the gaps between words.
        let content = message.value("content").and_then(Value::as_str).unwrap_or_default();
        // A stream of a million nodes is still read in one go.
        let place = *self.places.entry(node).or_insert(self.said.len());
        if let Some(known) = self.said.get_mut(place) {
            known.text.push_str(content);
            return;
        }
        let of_end = |word: &str| matches!(word.trim().to_lowercase().as_str(), "end" | "结束");
        let ends = of_end(title) || message.text("node_type").is_some_and(of_end);
        self.said.push(Said { ends, text: content.to_owned() });
    }
}

/// The end node's answer. Only where no end node spoke at all do the other nodes count: beside one they tell how far
/// the run is.
fn answer(operation: Operation, said: &[Said], now: Timestamp) -> Option<Answer> {
    let of = |said: &Said| output::answer(operation, &Value::String(said.text.clone()), false, now);
    if said.iter().any(|said| said.ends) {
        return said.iter().filter(|said| said.ends).find_map(of);
    }
    if operation != Operation::Transcribe {
        return said.iter().rev().find_map(of);
    }
    let others: Vec<Answer> = said.iter().filter_map(of).collect();
    let texts: Vec<&str> = others.iter().filter_map(|answer| answer.text.as_deref()).collect();
    let text = lenient::not_blank(&texts.join("\n\n"))?.to_owned();
    let found = others.into_iter().map(|answer| answer.found).find(|found| found.title.is_some());
    Some(Answer { text: Some(text), found: found.unwrap_or_default(), ..Answer::default() })
}

/// The stream's own error. Once a node has spoken, the run had begun, whatever the code says.
fn failed(fields: Option<Fields<'_>>, begun: bool, response: &Response, now: Timestamp) -> Created {
    let text = |name| fields.and_then(|fields: Fields<'_>| fields.text(name)).unwrap_or_default();
    let code = fields.and_then(|fields| fields.integer("error_code")).filter(|code| *code != 0);
    let refused = match code {
        Some(code) => {
            codes::refused(code, codes::failure(code, text("error_message"), response, now))
        }
        None => Refused::Doubtful(Failure {
            message: spoken::message(text("error_message")),
            ..classify::failure(ID, FailureKind::ProviderInternal, response, now)
        }),
    };
    let refused = match refused {
        Refused::Definite(failure) if begun => Refused::Doubtful(failure),
        refused => refused,
    };
    refused.traced(trace(response, None)).created()
}

/// The events of a stream. An answer that is JSON came before any stream began.
fn events(response: &Response) -> Option<Vec<Event>> {
    if !(200..300).contains(&response.status) || lenient::json(&response.body).is_some() {
        return None;
    }
    let text = String::from_utf8_lossy(&response.body);
    let text = text.trim_start_matches('\u{feff}');
    let mut events = Vec::new();
    let mut event = Event::default();
    // The end of the body ends the last event too: only `Done` can be lost by that, and it is not.
    for line in text.split('\n').map(|line| line.trim_end_matches('\r')).chain([""]) {
        if line.is_empty() {
            if !event.name.is_empty() {
                events.push(std::mem::take(&mut event));
            }
            event = Event::default();
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => event.id = value.trim().parse().ok(),
            "event" => value.trim().clone_into(&mut event.name),
            "data" if event.data.is_empty() => value.clone_into(&mut event.data),
            "data" => {
                event.data.push('\n');
                event.data.push_str(value);
            }
            _ => {}
        }
    }
    let is_stream = response
        .headers
        .get("content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("text/event-stream"));
    (is_stream || !events.is_empty()).then_some(events)
}
