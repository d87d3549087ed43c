//! Generated videos, pictures and music: what was accepted, how it is, what it gave, what an edit made of it.
//!
//! Answers of the version before (`2025-11-10`) are read too: a key may be pinned to it.

use serde_json::Value;
use shiwen_core::{
    Allowance, Failure, FailureKind, Found, Item, Operation, Output, Timestamp, Unit, Work,
    WorkKind,
};
use shiwen_http::Response;

use super::{
    ID, LISTED, answers,
    items::{facts, headline},
};
use crate::{
    Answer, Created, Followed, Listed,
    classify::{self, Refused, failure, maybe},
    lenient::{self, Fields},
    signed_until, spoken,
};

/// Parts of a failed job's own words that blame what was asked for, lower case. None of them is documented.
const BAD_INPUT: &[&str] =
    &["invalid", "unsupported", "moderation", "policy", "nsfw", "too long", "too large"];

/// What the jobs of an operation make. An edit is a version of its video.
fn kind(operation: Operation) -> Option<WorkKind> {
    match operation {
        Operation::GenerateVideo | Operation::Captions | Operation::Overlay => {
            Some(WorkKind::Video)
        }
        Operation::GenerateImage => Some(WorkKind::Image),
        Operation::GenerateMusic => Some(WorkKind::Music),
        _ => None,
    }
}

fn id(of: Fields<'_>, kind: WorkKind) -> Option<String> {
    let name = match kind {
        WorkKind::Video => "videoId",
        WorkKind::Image => "imageId",
        WorkKind::Music => "musicId",
    };
    [name, "taskId", "id"].into_iter().find_map(|name| of.id(name))
}

fn url(of: Fields<'_>) -> Option<String> {
    ["url", "audioUrl", "resultUrl"].into_iter().find_map(|name| of.web_address(name))
}

fn album_art(of: Fields<'_>) -> Option<String> {
    of.web_address("albumArtUrl").or_else(|| of.web_address("imageUrl"))
}

fn duration_s(of: Fields<'_>) -> Option<u32> {
    of.seconds("duration").and_then(|seconds| lenient::whole(seconds.round()))
}

pub(super) fn cost(of: Fields<'_>) -> Option<u32> {
    of.number("creditsUsed").and_then(lenient::whole)
}

pub(super) fn allowance(of: Fields<'_>, now: Timestamp) -> Option<Allowance> {
    let left = lenient::whole(of.number("newBalance")?.max(0.0));
    Some(Allowance { unit: Unit::Credit, left, total: None, period: None, learned_at: now })
}

/// Credits are taken as soon as a job is accepted.
pub(super) fn accepted(operation: Operation, of: Fields<'_>, now: Timestamp) -> Option<Created> {
    Some(Created::Accepted {
        remote_id: id(of, kind(operation)?)?,
        allowance: allowance(of, now),
        cost: cost(of),
    })
}

/// The new version that an edit made.
pub(super) fn edited(operation: Operation, of: Fields<'_>, now: Timestamp) -> Option<Answer> {
    let edit = edit(of).unwrap_or_else(|| operation.as_str().to_owned());
    let work = Work {
        // An edit without a number is at least the first after the original.
        version: version(of).unwrap_or(2),
        edit: Some(edit),
        ..work(WorkKind::Video, of)?
    };
    Some(Answer {
        output: Some(Output::Works { works: vec![work] }),
        cost: cost(of),
        allowance: allowance(of, now),
        ..Answer::default()
    })
}

/// `captions` or `overlay`; some documents write `caption`. Absent on the original.
fn edit(of: Fields<'_>) -> Option<String> {
    let word = spoken::code(&of.text("operation")?.to_lowercase())?;
    Some(if word == "caption" { "captions".to_owned() } else { word })
}

fn version(of: Fields<'_>) -> Option<u32> {
    of.number("version").filter(|version| *version >= 1.0).and_then(lenient::whole)
}

/// The work as it stands in a job, a version or an edit's answer; none without an address.
fn work(kind: WorkKind, of: Fields<'_>) -> Option<Work> {
    let url = url(of)?;
    Some(Work {
        kind,
        remote_id: id(of, kind),
        version: version(of).unwrap_or(1),
        edit: edit(of),
        expires_at: signed_until(&url),
        url,
        cover_url: (kind == WorkKind::Music).then(|| album_art(of)).flatten(),
        title: (kind == WorkKind::Music).then(|| of.title("title")).flatten(),
        duration_s: duration_s(of),
    })
}

/// All versions, the original first. It may stand beside the list only.
fn works(kind: WorkKind, of: Fields<'_>) -> Vec<Work> {
    let versions = of.value("versions").and_then(Value::as_array).into_iter().flatten();
    let mut works: Vec<Work> =
        versions.filter_map(|version| work(kind, Fields::of(version)?)).collect();
    if let Some(original) = work(kind, of)
        && !works.iter().any(|work| work.version == 1 || work.url == original.url)
    {
        works.push(original);
    }
    works.sort_by_key(|work| work.version);
    works
}

/// How a job is.
pub(super) fn followed(
    operation: Operation,
    remote_id: &str,
    response: &Response,
    now: Timestamp,
) -> Followed {
    let Some(kind) = kind(operation) else {
        return answers::read(response, now, |_| None).unwrap_or_else(Refused::followed);
    };
    let followed = answers::read(response, now, |of| {
        let word = of.text("status")?;
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "completed" => completed(kind, remote_id, of, response, now),
            "failed" => Followed::Failed(job_failed(of, response, now)),
            _ => Followed::Running { progress: progress(of), word: spoken::word(word) },
        })
    });
    followed.unwrap_or_else(Refused::followed)
}

/// How the jobs of a list are, each as if it had been asked after by itself. What names no job is left out.
pub(super) fn listed(
    operation: Operation,
    response: &Response,
    now: Timestamp,
) -> Result<Vec<Listed>, Failure> {
    let Some(kind) = kind(operation) else { return Ok(Vec::new()) };
    let name = match kind {
        WorkKind::Video => "videos",
        WorkKind::Image => "images",
        WorkKind::Music => "tracks",
    };
    let listed = answers::read(response, now, |of| {
        let jobs = of.value(name)?.as_array()?;
        let one = |job: &Value| {
            let remote_id = id(Fields::of(job)?, kind)?;
            let body = job.to_string().into_bytes();
            let about = Response { status: 200, headers: response.headers.clone(), body };
            match followed(operation, &remote_id, &about, now) {
                // What cannot be read here may be readable by itself, and what stands in a list is there.
                Followed::AskAgain(_) | Followed::KeyRefused(_) => None,
                Followed::Failed(failure)
                    if matches!(
                        failure.kind,
                        FailureKind::MalformedResponse | FailureKind::NotFound
                    ) =>
                {
                    None
                }
                followed => Some(Listed { remote_id, followed, body: about.body }),
            }
        };
        Some(jobs.iter().take(LISTED).filter_map(one).collect())
    });
    listed.map_err(Refused::into_failure)
}

/// Only the version before says it.
fn progress(of: Fields<'_>) -> Option<u8> {
    of.number("progress").map(|progress| progress.clamp(0.0, 100.0) as u8)
}

fn completed(
    kind: WorkKind,
    remote_id: &str,
    of: Fields<'_>,
    response: &Response,
    now: Timestamp,
) -> Followed {
    let mut works = works(kind, of);
    // The id of an edit is that of one version.
    if works.iter().any(|work| work.version > 1 && work.remote_id.as_deref() == Some(remote_id)) {
        works.retain(|work| work.remote_id.as_deref() == Some(remote_id));
    }
    let Some(first) = works.first() else {
        let failure = classify::malformed(ID, response, now, "finished without an address");
        return Followed::Failed(maybe(failure));
    };
    let found = Found {
        title: first.title.clone(),
        duration_s: first.duration_s,
        cover_url: first.cover_url.clone(),
        media_url: Some(first.url.clone()),
        learned_at: Some(now),
        ..Found::default()
    };
    Followed::Succeeded(Answer {
        found,
        output: Some(Output::Works { works }),
        cost: cost(of),
        finished_at: finished_at(of),
        ..Answer::default()
    })
}

fn finished_at(of: Fields<'_>) -> Option<Timestamp> {
    of.integer("completedAt").filter(|ms| *ms > 0).map(Timestamp)
}

fn job_failed(of: Fields<'_>, response: &Response, now: Timestamp) -> Failure {
    let words = ["failCode", "failMessage"].map(|name| of.text(name).unwrap_or_default());
    let said = words.join(" ").to_lowercase();
    let kind = match BAD_INPUT.iter().any(|part| said.contains(part)) {
        true => FailureKind::InvalidInput,
        false => FailureKind::ProviderInternal,
    };
    maybe(Failure {
        code: of.code("failCode").and_then(|code| spoken::code(&code)),
        message: of.text("failMessage").and_then(spoken::message),
        ..failure(ID, kind, response, now)
    })
}

/// A job as an item of its list. An unknown create is found again by its prompt, model and time.
fn item(kind: WorkKind, of: Fields<'_>) -> Option<Item> {
    let id = id(of, kind)?;
    let url = url(of);
    let names = [
        "status",
        "model",
        "prompt",
        "creditsUsed",
        "createdAt",
        "completedAt",
        "url",
        "audioUrl",
        "resultUrl",
        "imageSize",
        "resolution",
        "outputFormat",
        "duration",
        "failCode",
        "failMessage",
    ];
    let title = of.title("title").or_else(|| headline(of.text("prompt")?));
    Some(Item {
        title: title.unwrap_or_else(|| id.clone()),
        id,
        text: of.text("prompt").map(str::to_owned),
        pictures: match kind {
            WorkKind::Video => Vec::new(),
            WorkKind::Image => url.clone().into_iter().collect(),
            WorkKind::Music => album_art(of).into_iter().collect(),
        },
        media_url: url.filter(|_| kind != WorkKind::Image),
        facts: facts(of, &names),
        ..Item::default()
    })
}

pub(super) fn video(of: Fields<'_>) -> Option<Item> {
    item(WorkKind::Video, of)
}

pub(super) fn image(of: Fields<'_>) -> Option<Item> {
    item(WorkKind::Image, of)
}

pub(super) fn music(of: Fields<'_>) -> Option<Item> {
    item(WorkKind::Music, of)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn versions(of: &Value) -> Vec<(u32, Option<String>, String)> {
        let works = works(WorkKind::Video, Fields::of(of).unwrap());
        works.into_iter().map(|work| (work.version, work.edit, work.url)).collect()
    }

    #[test]
    fn the_original_comes_first_wherever_it_stands() {
        let edit = json!({ "videoId": "b", "version": 2, "url": "https://a.example/2", "operation": "caption" });
        let original = json!({ "videoId": "a", "version": 1, "url": "https://a.example/1" });
        let expected = [
            (1, None, "https://a.example/1".to_owned()),
            (2, Some("captions".to_owned()), "https://a.example/2".to_owned()),
        ];
        let both = json!({ "url": "https://a.example/1", "versions": [edit, original] });
        let beside = json!({ "url": "https://a.example/1", "versions": [edit] });
        assert_eq!(versions(&both), expected);
        assert_eq!(versions(&beside), expected);
    }

    #[test]
    fn a_version_without_an_address_is_left_out() {
        let of = json!({ "versions": [{ "version": 2, "url": "file:///x" }, 7, null] });
        assert_eq!(versions(&of), []);
    }
}
