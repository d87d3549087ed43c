//! What holds for whatever a service answers: panics where a decoder breaks a promise.

use shiwen_core::{Analysis, Charged, Entry, Failure, Found, Item, Items, Operation, Output, Work};
use shiwen_http::redact;
use shiwen_providers::{Answer, Created, Followed, Part, Step};
use shiwen_secrets::Secret;
use url::Url;

use super::draw::{Drawn, NOW, SECRET, holds_piece};

/// A day: nobody waits longer for a header.
const LONGEST_PAUSE_S: u32 = 86_400;
const YEAR_S: f64 = 31_536_000.0;
/// The statuses that refuse a create by themselves, whoever sends them.
const REFUSE_ALONE: [u16; 5] = [401, 403, 407, 413, 429];

pub(crate) fn created(drawn: &Drawn, created: Created) {
    match created {
        Created::Accepted { remote_id, allowance: _, cost: _ } => id(&remote_id),
        Created::Done(done) => answer(drawn.operation(), &done),
        Created::Rejected(refused) => {
            let alone = REFUSE_ALONE.contains(&drawn.response.status);
            assert!(alone || has_shape(drawn), "rejected by a stranger: {refused:?}");
            assert_eq!(refused.charged, Charged::No, "{refused:?}");
            failure(drawn, &refused);
        }
        Created::Unknown(refused) => {
            assert_eq!(refused.charged, Charged::Unknown, "{refused:?}");
            failure(drawn, &refused);
        }
    }
}

pub(crate) fn followed(drawn: &Drawn, followed: Followed) {
    let (operation, urls) = (drawn.operation(), drawn.asked().urls);
    match followed {
        Followed::Running { progress, word } => {
            assert!(progress.is_none_or(|percent| percent <= 100), "{progress:?}");
            line(&word, 60);
            assert!(has_shape(drawn), "a stranger says {word:?}");
        }
        Followed::FetchResult => assert_eq!(drawn.asked().step, Step::Status, "asked in a circle"),
        Followed::Succeeded(done) => answer(operation, &done),
        Followed::Each(parts) => {
            assert_eq!(parts.len(), urls.len());
            for part in &parts {
                match part {
                    Part::Succeeded(done) => answer(operation, done),
                    Part::Failed(refused) => failure(drawn, refused),
                }
            }
        }
        Followed::Failed(refused) | Followed::KeyRefused(refused) => {
            assert!(has_shape(drawn), "ended by a stranger: {refused:?}");
            assert_eq!(refused.charged, Charged::Unknown, "{refused:?}");
            failure(drawn, &refused);
        }
        Followed::AskAgain(refused) => failure(drawn, &refused),
    }
}

pub(crate) fn failure(drawn: &Drawn, failure: &Failure) {
    assert_eq!(failure.provider, drawn.service.card().id);
    assert_eq!(failure.http_status, Some(drawn.response.status));
    assert!(failure.retry_after_s.is_none_or(|pause| pause <= LONGEST_PAUSE_S), "{failure:?}");
    for (text, longest) in [(&failure.message, 300), (&failure.code, 60), (&failure.trace_id, 300)]
    {
        let Some(text) = text else { continue };
        line(text, longest);
        assert!(!text.is_empty(), "{failure:?}");
        // As whoever keeps the failure does, who knows the secret.
        let kept = redact(text, &[Secret::new(SECRET)]);
        assert!(!holds_piece(kept.as_bytes()), "{kept}");
    }
}

fn answer(operation: Operation, answer: &Answer) {
    match operation {
        Operation::Transcribe => assert!(answer.text.is_some(), "a transcript was promised"),
        Operation::Resolve => assert!(answer.found != Found::default(), "nothing was found"),
        _ => assert!(answer.output.is_some(), "{operation} gave nothing"),
    }
    assert!(answer.finished_at.is_none_or(|at| at.0 > 0));
    passages(&answer.text);
    found(&answer.found);
    match &answer.output {
        None => {}
        Some(Output::Works { works }) => {
            assert!(!works.is_empty());
            works.iter().for_each(work);
        }
        Some(Output::Analysis(of)) => analysis(of),
        Some(Output::Scrape(scrape)) => {
            for video in &scrape.videos {
                address(&video.url);
                titles([&video.author]);
                passages(&video.description);
                passages(&video.hashtags);
                addresses([&video.cover_url, &video.media_url]);
                assert!(video.duration_s.is_none_or(is_time), "{video:?}");
            }
        }
        Some(Output::Plan(plan)) => {
            passages(&plan.brief);
            passages(&plan.top_wins);
            passages(&plan.gaps_to_test);
            for blueprint in &plan.blueprints {
                titles([&blueprint.category]);
                passages(blueprint.strategy.iter().chain(&blueprint.evidence));
                for idea in &blueprint.ideas {
                    passages(idea.hook.iter().chain(&idea.opening_shot));
                    passages(idea.outline.iter().chain(&idea.call_to_action));
                }
            }
        }
    }
}

fn found(found: &Found) {
    titles([&found.title, &found.author]);
    addresses([&found.cover_url, &found.media_url, &found.avatar_url]);
    assert!(found.duration_s.is_none_or(|seconds| is_time(seconds.into())), "{found:?}");
    assert!(found.learned_at.is_none_or(|at| at == NOW));
}

fn work(work: &Work) {
    address(&work.url);
    addresses([&work.cover_url]);
    titles([&work.title]);
    work.remote_id.iter().for_each(|remote_id| id(remote_id));
    titles([&work.edit]);
    assert!(work.version >= 1, "{work:?}");
    assert!(work.duration_s.is_none_or(|seconds| is_time(seconds.into())), "{work:?}");
    // JavaScript holds it exactly.
    assert!(work.expires_at.is_none_or(|at| (0..1 << 53).contains(&at.0)), "{work:?}");
}

fn analysis(analysis: &Analysis) {
    passages(analysis.summary.iter().chain(&analysis.hook));
    let lists = [&analysis.tags, &analysis.why_it_performed, &analysis.attributes_to_copy];
    lists.into_iter().chain([&analysis.hooks_to_test]).for_each(passages);
    assert!(analysis.duration_s.is_none_or(is_time), "{analysis:?}");
    assert!(analysis.keyframes.is_sorted_by(|a, b| a.at_s <= b.at_s), "{analysis:?}");
    for frame in &analysis.keyframes {
        assert!(is_time(frame.at_s), "{frame:?}");
        titles([&frame.word]);
        passages(frame.description.iter().chain(&frame.visual));
        passages(frame.audio.iter().chain(&frame.text));
    }
}

pub(crate) fn items(items: &Items) {
    items.items.iter().for_each(item);
}

fn item(item: &Item) {
    titles([&Some(item.id.clone()), &Some(item.title.clone())]);
    item.pictures.iter().chain(&item.media_url).for_each(|url| address(url));
    let finite = |entry: &Entry| !matches!(entry, Entry::Number(number) if !number.is_finite());
    assert!(item.facts.iter().all(|(_, entry)| finite(entry)), "{item:?}");
    assert!(item.input.values().all(finite), "{item:?}");
    item.analysis.iter().for_each(analysis);
}

/// An address of the web as it stands: what a parser makes of it is what is shown.
pub(crate) fn address(url: &str) {
    assert!(url.len() <= 16 * 1024 && !url.contains(|c: char| c.is_control() || turns(c)), "{url}");
    let parsed = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert!(matches!(parsed.scheme(), "http" | "https") && parsed.has_host(), "{url}");
}

fn addresses<'a>(urls: impl IntoIterator<Item = &'a Option<String>>) {
    urls.into_iter().flatten().for_each(|url| address(url));
}

/// An id that is followed, with room for what a service puts around it.
pub(crate) fn id(id: &str) {
    assert!((1..=512).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()), "{id:?}");
}

fn titles<'a>(titles: impl IntoIterator<Item = &'a Option<String>>) {
    for title in titles.into_iter().flatten() {
        line(title, 8_200);
        assert!(!title.trim().is_empty());
    }
}

fn line(text: &str, longest: usize) {
    assert!(!text.contains(|c: char| c.is_control() || turns(c)), "{text:?}");
    assert!(text.chars().count() <= longest && text.trim() == text, "{text:?}");
}

fn passages<'a>(texts: impl IntoIterator<Item = &'a String>) {
    for text in texts {
        assert!(!text.trim().is_empty());
        assert!(!text.contains(|c: char| (c.is_control() && !c.is_whitespace()) || turns(c)));
    }
}

/// Characters that turn the text after them around, written out a second time: the list is what is tested.
fn turns(c: char) -> bool {
    matches!(u32::from(c), 0x202A..=0x202E | 0x2066..=0x2069)
}

fn is_time(seconds: f64) -> bool {
    (0.0..=YEAR_S).contains(&seconds)
}

/// Whether the service itself may have said it: an object with one of the fields that make up its answers.
fn has_shape(drawn: &Drawn) -> bool {
    let body = String::from_utf8_lossy(&drawn.response.body);
    let names: &[&str] = match drawn.service.card().id.as_str() {
        "momoget" => &["detail", "status", "items", "text", "item_error_message"],
        "transcriptgenerate" => &["code"],
        "coze" => &["code", "execute_id", "data", "event"],
        "rawugc" => &["type", "status", "title", "detail"],
        _ => &["code", "error"],
    };
    // A name may be written with escapes.
    names.iter().any(|name| body.contains(name)) || body.contains("\\u")
}
