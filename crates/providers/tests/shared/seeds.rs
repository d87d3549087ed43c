//! Where fuzzing begins: every fixture as an answer to everything that it might answer, and a few texts by hand.

use std::{fs, io, path::Path};

use shiwen_providers::{Service, services};

use super::{
    draw::{CHOICE, OLD, RESULT, SECRET_HERE, SEVERAL, STATUSES, STREAM},
    targets,
};

/// A target by its name.
pub(crate) type Target = (&'static str, fn(&[u8]));

pub(crate) const TARGETS: [Target; 11] = [
    ("created", targets::created),
    ("followed", targets::followed),
    ("listed", targets::listed),
    ("streamed", targets::streamed),
    ("called", targets::called),
    ("checked", targets::checked),
    ("uploaded", targets::uploaded),
    ("headers", targets::headers),
    ("signed", targets::signed),
    ("redacted", targets::redacted),
    ("forms", targets::forms),
];

/// The seeds of a target. The fixtures lie in one folder per service.
pub(crate) fn seeds(target: &str, fixtures: &Path) -> io::Result<Vec<Vec<u8>>> {
    Ok(match target {
        "created" | "listed" => answers(fixtures, |service| operations(service, &[0]))?,
        "followed" => {
            answers(fixtures, |service| operations(service, &[0, RESULT, SEVERAL | RESULT, OLD]))?
        }
        "called" => answers(fixtures, |service| {
            let calls = service.collections().iter().flat_map(|of| &of.calls).zip(0..);
            calls.map(|(_, pick)| (pick, 0)).collect()
        })?,
        "checked" | "uploaded" => answers(fixtures, |_| vec![(0, 0)])?,
        "streamed" => STREAMS.iter().map(|body| seed(2, 0, 200, STREAM, body.as_bytes())).collect(),
        "headers" => owned(HEADERS),
        "signed" => owned(SIGNED),
        "redacted" => owned(REDACTED),
        _ => owned(FORMS),
    })
}

/// Each operation of a service, with each of the flags.
fn operations(service: &dyn Service, flags: &[u8]) -> Vec<(u8, u8)> {
    let picks = (0..).zip(service.card().operations);
    picks.flat_map(|(pick, _)| flags.iter().map(move |flags| (pick, *flags))).collect()
}

fn answers(
    fixtures: &Path,
    picks: impl Fn(&dyn Service) -> Vec<(u8, u8)>,
) -> io::Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    for (place, service) in (0..).zip(services()) {
        let card = service.card();
        let folder = fixtures.join(card.id.as_str());
        let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
        files.sort_by_key(fs::DirEntry::path);
        for file in files {
            let name = file.file_name().to_string_lossy().into_owned();
            // As a service that repeats the key it was sent.
            let body = fs::read_to_string(file.path())?.replace("(fixture)", SECRET_HERE);
            for (pick, flags) in picks(*service) {
                seeds.push(seed(place, pick, status_of(&name), flags, body.as_bytes()));
            }
        }
    }
    Ok(seeds)
}

/// The status that stands in the name of an error's fixture.
fn status_of(name: &str) -> u16 {
    let numbers = name.split(|c: char| !c.is_ascii_digit());
    numbers.filter_map(|part| part.parse().ok()).find(|n| STATUSES.contains(n)).unwrap_or(200)
}

fn seed(service: u8, pick: u8, status: u16, flags: u8, body: &[u8]) -> Vec<u8> {
    let status = STATUSES.iter().position(|known| *known == status).unwrap_or(0) as u8;
    let choice: [u8; CHOICE] = [service, pick, status, flags];
    [&choice[..], body].concat()
}

fn owned(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

const STREAMS: &[&str] = &[
    "id: 0\nevent: Message\ndata: {\"content\":\"一\",\"node_title\":\"End\",\"node_id\":\"9\"}\n\n\
     id: 1\nevent: Done\ndata: {}\n\n",
    "id: 0\r\nevent: Message\r\ndata: {\"content\":\"a\",\"node_title\":\"x\"}\r\ndata: \r\n\r\n\
     id: 1\r\nevent: PING\r\n\r\nid: 2\r\nevent: Interrupt\r\ndata: {}\r\n\r\n",
    "id: 0\nevent: Error\ndata: {\"error_code\":4000,\"error_message\":\"@@ refused\"}\n\n",
    "id: 18446744073709551615\nevent: Message\ndata: {\"content\":\"a\"}\n\nid: 0\nevent: Done\ndata: \
     {\"debug_url\":\"https://c.example/?execute_id=7&workflow_id=8\"}\n\n",
];
const HEADERS: &[&str] = &[
    "\u{d}retry-after: 30\nx-ratelimit-reset: 1770091642\nx-ratelimit-remaining: 3",
    "\u{d}retry-after: Fri, 20 Nov 2026 08:01:00 GMT",
    "\u{5}x-ratelimit-reset: 9223372036854775807\nx-tt-logid: 20260203@@",
    "\u{d}retry-after: 1e308\nx-ratelimit-remaining: 4294967295",
];
const SIGNED: &[&str] = &[
    "X-Tos-Date=20260203T040600Z&X-Tos-Expires=86400",
    "Expires=1770177960&x-expires=1770091600&deadline=99999999999",
    "x-oss-date=99991231T235960Z&x-oss-expires=4294967295",
    "https://media.example/x.mp4?X-Amz-Date=20260203T040600Z&X-Amz-Expires=1",
];
const REDACTED: &[&str] = &[
    "canary-key-0123456\nAuthorization: Bearer canary-key-0123456 user_id=abc&x=1",
    "\n{\"user_id\":\"u\\\\\",\"debug_url\":\"https:\\/\\/w.example\\/a?b=1\\u0026c=2\",\"n\":1}",
    "\n{\"d\":\"{\\\"user_id\\\":42,\\\"x-api-key\\\":\\\"k\\\"}\",\"u\":\"https://a:b@c.example/?d#e\"}",
    "aaaabbbbccccdddd\n密钥sk-abc.def/ghi==无效 socks5://u:p@h pat_1 bearer aaaabbbbccccdddd",
];
const FORMS: &[&str] = &[
    "\u{1}vid_fx0001\nc\u{0}\nt\u{1}a paper boat\nl\u{2}https://a.example/1,https://a.example/2",
    "\u{0}../../x?y=1#z\nt\u{0}a\nn\u{4}0.5\nf\u{3}\nn\u{5}1e308",
    "\u{7}chr_1/rawugc.mia\nt\u{0}hashtag\nn\u{2}10\nc\u{1}xx",
    "\u{3}..\nt\u{0}%2e%2e\nl\u{1}javascript:alert(1)",
];
