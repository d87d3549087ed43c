//! Captions and overlays: each makes a further version of a finished video, with an id of its own.

use serde_json::{Value, json};

use super::{
    call::{Call, Reply},
    form::{Optional, Required},
    front, jobs,
    kinds::VIDEO,
    problem::Problem,
};
use crate::{calendar, ids::Ticket, media, state::State};

/// What captions cost is documented, what an overlay costs is not.
const CREDITS: u32 = 1;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit {
    pub(super) original: Ticket,
    ticket: Ticket,
    operation: &'static str,
    /// In Unix milliseconds.
    pub(super) done_ms: u64,
}

pub(super) fn caption(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let id = form.text("videoId", Required, 1..=200);
    form.text("language", Optional, 1..=35);
    form.finish()?;
    edit(state, call, id, "captions")
}

pub(super) fn overlay(state: &State, call: &Call) -> Result<Reply, Problem> {
    let mut form = call.form()?;
    let id = form.text("videoId", Required, 1..=200);
    form.text("text", Required, 1..=500);
    form.choice("position", Optional, &["top", "center", "bottom"]);
    form.integer("fontSize", Optional, 8..=200);
    form.integer("topBottomMargin", Optional, 0..=500);
    form.number("strokeThickness", Optional, 0.0..=10.0);
    form.finish()?;
    edit(state, call, id, "overlay")
}

fn edit(
    state: &State,
    call: &Call,
    id: Option<&str>,
    operation: &'static str,
) -> Result<Reply, Problem> {
    let source = VIDEO.find(state, id.unwrap_or_default())?;
    let known = edit_of(state, source);
    let is_ready = match known {
        Some(edit) => edit.done_ms <= call.now_ms,
        None => jobs::is_completed(state, source),
    };
    if !is_ready {
        return Err(Problem::field("videoId", "The video must be completed."));
    }
    let (ticket, _) = call.accept(state, CREDITS, source.language)?;
    let original = known.map_or(source, |edit| edit.original);
    let done_ms = front::done_ms(state, call);
    let mut memory = state.memory();
    let before = memory.rawugc.edits.iter().filter(|edit| edit.original == original).count();
    memory.rawugc.edits.push(Edit { original, ticket, operation, done_ms });
    Ok(Reply::ok(json!({
        "videoId": format!("vid_{}", ticket.number()),
        "url": media::video_url(&state.url, ticket.number(), ticket.scenario),
        // The original is version 1.
        "version": before + 2,
        "operation": operation,
        "creditsUsed": CREDITS,
    })))
}

/// The edit that made this version, if it is one.
pub(super) fn edit_of(state: &State, version: Ticket) -> Option<Edit> {
    state.memory().rawugc.edits.iter().find(|edit| edit.ticket == version).copied()
}

/// All versions of a video; none when it was never edited.
pub(super) fn versions(state: &State, original: Ticket) -> Vec<Value> {
    let now = calendar::now_ms();
    let done: Vec<Edit> = {
        let memory = state.memory();
        let edits = memory.rawugc.edits.iter();
        edits.filter(|edit| edit.original == original && edit.done_ms <= now).copied().collect()
    };
    if done.is_empty() {
        return Vec::new();
    }
    let mut versions = vec![json!({
        "videoId": format!("vid_{}", original.number()),
        "version": 1,
        "url": media::video_url(&state.url, original.number(), original.scenario),
        "createdAt": original.created_ms() + state.duration_ms(original),
    })];
    versions.extend(done.iter().enumerate().map(|(index, edit)| {
        json!({
            "videoId": format!("vid_{}", edit.ticket.number()),
            "version": index + 2,
            "url": media::video_url(&state.url, edit.ticket.number(), edit.ticket.scenario),
            "operation": edit.operation,
            "createdAt": edit.done_ms,
        })
    }));
    versions
}
