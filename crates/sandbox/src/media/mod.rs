//! The media hosts: pictures, sounds and videos made from a seed, whole or in parts. They want no key, and one that
//! comes along is counted. A word in an address says what goes wrong on the way.

mod delivery;
mod picture;
mod sound;
mod video;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{OriginalUri, Path, Query, State as Extract},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{calendar, rawugc, scenario::Scenario, state::State, trouble};
use delivery::File;

/// Half of the cover of a phone video, and still sharp enough for a list.
const COVER: (usize, usize) = (270, 480);
const AVATAR: (usize, usize) = (96, 96);
const IMAGE: (usize, usize) = (720, 1280);
/// Pixels of a side that may be asked for by `w` and `h`.
const SIDES: std::ops::RangeInclusive<usize> = 16..=2048;
/// Mebibytes that may be asked for by `mb`.
const MOST_MEBIBYTES: u64 = 64;

/// Headers in which a service is told a key. None of them is a media host's business.
const KEYS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "x-api-secret",
    "api-key",
    "x-auth-token",
];

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new().route("/{kind}/{name}", get(answer))
}

/// `sc=cover` stands in the cover URLs that Coze's example workflow gives.
pub(crate) fn cover_url(base: &str, seed: u64, scenario: Scenario) -> String {
    with_word(format!("{base}/media/cover/{seed}.png?sc=cover"), scenario)
}

pub(crate) fn avatar_url(base: &str, seed: u64, scenario: Scenario) -> String {
    with_word(format!("{base}/media/avatar/{seed}.png?sc=avatar"), scenario)
}

pub(crate) fn image_url(base: &str, seed: u64, scenario: Scenario) -> String {
    with_word(format!("{base}/media/image/{seed}.png?w={}&h={}", IMAGE.0, IMAGE.1), scenario)
}

pub(crate) fn audio_url(base: &str, seed: u64, scenario: Scenario) -> String {
    with_word(format!("{base}/media/audio/{seed}.wav?mime_type=audio_wav"), scenario)
}

pub(crate) fn video_url(base: &str, seed: u64, scenario: Scenario) -> String {
    let url = with_word(format!("{base}/media/video/{seed}.webm?mime_type=video_webm"), scenario);
    match scenario {
        // Large enough for its word to show.
        Scenario::SlowMedia => url + "&mb=1",
        Scenario::CutMedia => url + "&mb=4",
        _ => url,
    }
}

/// A video URL that names when it was signed and for how many seconds, and that is refused afterwards.
pub(crate) fn signed_video_url(
    base: &str,
    seed: u64,
    scenario: Scenario,
    signed_ms: u64,
) -> String {
    let url = video_url(base, seed, scenario);
    let date = calendar::basic(signed_ms);
    let signature = format!("{:016x}", crate::dice::mix(seed ^ (signed_ms / 1000)));
    format!(
        "{url}&X-Tos-Algorithm=TOS4-HMAC-SHA256&X-Tos-Credential=invented&X-Tos-Date={date}&X-Tos-Expires=86400&X-Tos-Signature={signature}"
    )
}

fn with_word(url: String, scenario: Scenario) -> String {
    if scenario.is_about_media() { format!("{url}&case=sb-{}", scenario.word()) } else { url }
}

async fn answer(
    Extract(state): Extract<Arc<State>>,
    OriginalUri(uri): OriginalUri,
    Path((kind, name)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if KEYS.iter().any(|name| headers.contains_key(*name)) {
        state.memory().calls.keys_on_media += 1;
    }
    let scenario = Scenario::in_text(&uri.to_string());
    match scenario {
        Scenario::Expired => return expired(),
        Scenario::HtmlMedia => return trouble::captive_portal(),
        _ if has_run_out(&query) => return expired(),
        _ => {}
    }
    // Whatever else may change, a file is made from its seed alone.
    let version = if scenario == Scenario::Changed { state.next_version() } else { 0 };
    let found = if kind == "upload" {
        let uploaded = rawugc::uploaded(&state, &name);
        uploaded.map(|(kind, bytes)| File::new(kind, bytes, format!("upload-{name}")))
    } else {
        file(&kind, &name, &query, version).await
    };
    match found {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(file) => delivery::deliver(&state, &file, scenario, &headers),
    }
}

async fn file(
    kind: &str,
    name: &str,
    query: &HashMap<String, String>,
    version: u64,
) -> Option<File> {
    let (seed, ending) = name.rsplit_once('.')?;
    let seed = seed.parse().ok()?;
    let etag = format!("{kind}-{seed}-{version}");
    match (kind, ending) {
        ("cover", "png") => picture(seed, COVER, etag).await,
        ("avatar", "png") => picture(seed, AVATAR, etag).await,
        ("image", "png") => {
            let side = |name: &str, usual: usize| {
                let asked = query.get(name).and_then(|side| side.parse().ok());
                asked.unwrap_or(usual).clamp(*SIDES.start(), *SIDES.end())
            };
            picture(seed, (side("w", IMAGE.0), side("h", IMAGE.1)), etag).await
        }
        ("audio", "wav") => Some(File::new("audio/wav", Bytes::from(sound::melody(seed)), etag)),
        ("video", "webm") => {
            let asked = query.get("mb").and_then(|mebibytes| mebibytes.parse::<u64>().ok());
            let mebibytes = asked.map(|mebibytes| mebibytes.clamp(1, MOST_MEBIBYTES));
            Some(video::file(seed, version, mebibytes, etag))
        }
        _ => None,
    }
}

async fn picture(seed: u64, size: (usize, usize), etag: String) -> Option<File> {
    // A large one takes a while.
    let drawn = tokio::task::spawn_blocking(move || picture::draw(seed, size)).await;
    match drawn {
        Ok(Ok(png)) => {
            let etag = format!("{etag}-{}x{}", size.0, size.1);
            Some(File::new("image/png", Bytes::from(png), etag))
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "a picture of the sandbox could not be made");
            None
        }
        Err(error) => {
            tracing::error!(%error, "a picture of the sandbox was not finished");
            None
        }
    }
}

/// Whether a signed address says that its time is over.
fn has_run_out(query: &HashMap<String, String>) -> bool {
    let signed = query.get("X-Tos-Date").and_then(|date| calendar::from_basic(date));
    let seconds = query.get("X-Tos-Expires").and_then(|seconds| seconds.parse::<u64>().ok());
    signed.zip(seconds).is_some_and(|(signed, seconds)| {
        calendar::now_ms() > signed.saturating_add(seconds.saturating_mul(1000))
    })
}

fn expired() -> Response {
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message><RequestId>invented</RequestId></Error>\n";
    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}
