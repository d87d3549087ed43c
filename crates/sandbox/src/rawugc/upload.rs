//! Files that are sent in. They are kept in memory and served back below `/media/upload/`.

use axum::{body::Bytes, extract::Multipart};
use serde_json::json;

use super::{
    call::{Call, Reply},
    problem::Problem,
};
use crate::state::State;

pub(super) const TEMPLATE: &str = "/upload";

const MEBIBYTE: usize = 1024 * 1024;
const MOST_BYTES: usize = 100 * MEBIBYTE;
/// All that is kept; the oldest files make room.
const KEPT_BYTES: usize = 200 * MEBIBYTE;

const TYPES: &[(&str, &str)] = &[
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/webp", "webp"),
];

/// The part of a form that holds the file.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    content_type: &'static str,
    bytes: Bytes,
}

#[derive(Debug)]
pub(crate) struct Upload {
    /// With the ending of its type.
    name: String,
    content_type: &'static str,
    bytes: Bytes,
}

/// Reads the whole form, so that a client that sends too much gets its answer and no broken connection.
pub(super) async fn receive(mut form: Multipart) -> Result<Part, Problem> {
    let mut found = Err(no_file());
    while let Ok(Some(mut field)) = form.next_field().await {
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let sent_type = field.content_type().unwrap_or_default();
        let known = TYPES.iter().find(|(known, _)| *known == sent_type);
        let mut bytes = Vec::new();
        let mut size = 0;
        loop {
            match field.chunk().await {
                Ok(Some(chunk)) => {
                    size += chunk.len();
                    if size <= MOST_BYTES {
                        bytes.extend_from_slice(&chunk);
                    }
                }
                Ok(None) => break,
                Err(_) => return Err(Problem::field("file", "The form breaks off.")),
            }
        }
        found = match known {
            _ if size > MOST_BYTES => Err(Problem::field("file", "Must be at most 100 MB.")),
            _ if size == 0 => Err(Problem::field("file", "Must not be empty.")),
            None => Err(Problem::field("file", "Must be mp4, mov, webm, png, jpeg or webp.")),
            Some((content_type, _)) => Ok(Part { name, content_type, bytes: bytes.into() }),
        };
    }
    found
}

pub(super) fn no_file() -> Problem {
    Problem::field("file", "Send a multipart form with the part `file`.")
}

pub(super) fn keep(state: &State, call: &Call) -> Result<Reply, Problem> {
    let part = match &call.part {
        Some(Ok(part)) => part,
        Some(Err(problem)) => return Err(problem.clone()),
        None => return Err(no_file()),
    };
    let ending = TYPES.iter().find(|(known, _)| *known == part.content_type);
    let ending = ending.map_or("bin", |(_, ending)| *ending);
    let mut memory = state.memory();
    memory.rawugc.uploads_so_far += 1;
    let name = format!("{}-{}.{ending}", call.now_ms, memory.rawugc.uploads_so_far);
    let body = json!({
        "url": format!("{}/media/upload/{name}", state.url),
        "contentType": part.content_type,
        "size": part.bytes.len(),
    });
    let upload = Upload { name, content_type: part.content_type, bytes: part.bytes.clone() };
    let uploads = &mut memory.rawugc.uploads;
    uploads.push_back(upload);
    while uploads.iter().map(|upload| upload.bytes.len()).sum::<usize>() > KEPT_BYTES {
        uploads.pop_front();
    }
    Ok(Reply::ok(body))
}

/// An uploaded file with its type.
pub(crate) fn uploaded(state: &State, name: &str) -> Option<(&'static str, Bytes)> {
    let memory = state.memory();
    let upload = memory.rawugc.uploads.iter().find(|upload| upload.name == name)?;
    Some((upload.content_type, upload.bytes.clone()))
}
