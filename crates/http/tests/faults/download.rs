//! Downloads within the sandbox's reach: what breaks on the way, what is gone on with, and what is never taken.

use std::{future::pending, path::PathBuf};

use super::*;
use shiwen_http::{DownloadError, Downloaded, FileClass, Known, Progress, Wish};
use tempfile::TempDir;

/// A video of some size, each byte of it depending on its place.
fn video(version: u8, size: usize) -> Vec<u8> {
    let mut file = b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".to_vec();
    file.extend((file.len()..size).map(|n| (n % 251) as u8 ^ version));
    file
}

fn whole(file: &[u8], etag: &str) -> Vec<u8> {
    let headers =
        format!("Accept-Ranges: bytes\r\nETag: \"{etag}\"\r\nContent-Type: video/mp4\r\n");
    answer("200 OK", &headers, file)
}

fn rest(file: &[u8], from: usize, etag: &str) -> Vec<u8> {
    let (size, last) = (file.len(), file.len() - 1);
    let headers = format!(
        "Accept-Ranges: bytes\r\nETag: \"{etag}\"\r\nContent-Range: bytes {from}-{last}/{size}\r\n"
    );
    answer("206 Partial Content", &headers, &file[from..])
}

/// An answer without its last `missing` bytes.
fn cut(mut answer: Vec<u8>, missing: usize) -> Vec<u8> {
    answer.truncate(answer.len() - missing);
    answer
}

struct Target {
    _folder: TempDir,
    part: PathBuf,
    sender: Sender,
    said: Vec<Progress>,
}

impl Target {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("a.part");
        let sender = Sender::new(Config {
            proxy: Proxy::None,
            proxies: BTreeMap::new(),
            user_agent: "Shiwen/test".into(),
            reach: Reach::ThisMachine,
            short_links: None,
        });
        Self { _folder: folder, part, sender, said: Vec::new() }
    }

    /// Downloads, going on with what the last time left.
    async fn download(&mut self, url: &Url) -> Result<Downloaded, DownloadError> {
        self.until(url, pending()).await
    }

    async fn until(
        &mut self,
        url: &Url,
        cancel: impl Future<Output = ()> + Send,
    ) -> Result<Downloaded, DownloadError> {
        let known = self.known();
        let wish = Wish {
            url,
            part: &self.part,
            known: known.as_ref(),
            cap: 10_000_000,
            class: FileClass::Video,
        };
        let said = &mut self.said;
        self.sender.download(wish, cancel, |now| said.push(now.clone())).await
    }

    fn known(&self) -> Option<Known> {
        let last = self.said.last()?;
        let validator = last.validator.clone()?;
        Some(Known { bytes: last.saved, total: last.total, validator })
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(&self.part).unwrap()
    }
}

fn is_broken(outcome: &Result<Downloaded, DownloadError>) -> bool {
    matches!(outcome, Err(DownloadError::Send(err)) if err.cause() == Cause::Broken)
}

fn is_whole(outcome: &Result<Downloaded, DownloadError>, size: usize) -> bool {
    matches!(outcome, Ok(Downloaded::Whole { bytes, kind })
        if *bytes == size as u64 && kind.ending == "mp4")
}

#[tokio::test]
async fn a_file_comes_whole_and_nothing_but_the_address_is_sent() {
    let file = video(0, 700_000);
    let server = Server::start(Script::InTurn(vec![whole(&file, "a")])).await;
    let mut target = Target::new();

    let outcome = target.download(&server.url("/a.mp4?sign=1")).await;

    assert!(is_whole(&outcome, file.len()), "{outcome:?}");
    assert!(target.bytes() == file);
    let last = target.said.last().unwrap();
    assert_eq!((last.received, last.saved, last.total), (700_000, 700_000, Some(700_000)));
    let seen = server.requests().remove(0);
    assert!(seen.starts_with("GET /a.mp4?sign=1 HTTP/1.1\r\n"), "{seen}");
    assert_eq!(header(&seen, "accept-encoding"), Some("identity"));
    for name in ["authorization", "cookie", "x-api-key", "referer", "range", "if-range"] {
        assert_eq!(header(&seen, name), None, "{name}");
    }
}

#[tokio::test]
async fn a_break_costs_no_byte_that_came() {
    let file = video(0, 500_000);
    let replies = vec![
        cut(whole(&file, "a"), 300_000),
        cut(rest(&file, 200_000, "a"), 100_000),
        rest(&file, 400_000, "a"),
    ];
    let server = Server::start(Script::InTurn(replies)).await;
    let mut target = Target::new();
    let url = server.url("/a.mp4");

    for (from, then) in [(0, 200_000), (200_000, 400_000)] {
        let outcome = target.download(&url).await;
        assert!(is_broken(&outcome), "{outcome:?}");
        let last = target.said.last().unwrap();
        assert_eq!((last.received, last.saved), (then, then), "after {from}");
    }
    let outcome = target.download(&url).await;

    assert!(is_whole(&outcome, file.len()), "{outcome:?}");
    assert!(target.bytes() == file);
    let asked: Vec<_> = server.requests();
    assert_eq!(header(&asked[0], "range"), None);
    assert_eq!(header(&asked[1], "range"), Some("bytes=200000-"));
    assert_eq!(header(&asked[2], "range"), Some("bytes=400000-"));
    assert_eq!(header(&asked[2], "if-range"), Some("\"a\""));
}

/// After a break in the middle of version a, the host gives `replies`; what comes in the end is `file`.
async fn check_anew(name: &str, replies: &[Vec<u8>], file: &[u8], requests: usize) {
    let old = video(1, 500_000);
    let replies = [&[cut(whole(&old, "a"), 300_000)], replies].concat();
    let server = Server::start(Script::InTurn(replies)).await;
    let mut target = Target::new();
    let url = server.url("/a.mp4");
    assert!(is_broken(&target.download(&url).await));

    let outcome = target.download(&url).await;

    assert!(is_whole(&outcome, file.len()), "{name}: {outcome:?}");
    assert!(target.bytes() == file, "{name}");
    assert_eq!(server.requests().len(), 1 + requests, "{name}");
}

#[tokio::test]
async fn another_file_is_taken_from_its_beginning() {
    // Shorter than what is there, so that a rest of the old one would show.
    let new = video(2, 150_000);
    check_anew("a whole answer", &[whole(&new, "b")], &new, 1).await;
    let long = video(2, 500_000);
    let careless = [rest(&long, 200_000, "b"), whole(&long, "b")];
    check_anew("a part of another file", &careless, &long, 2).await;
    let behind = answer("416 X", "Content-Range: bytes */150000\r\n", b"");
    check_anew("nothing behind that", &[behind, whole(&new, "b")], &new, 2).await;
    let mut elsewhere = rest(&long, 200_000, "a");
    let at = elsewhere.windows(6).position(|bytes| bytes == b"200000").unwrap();
    elsewhere[at..at + 6].copy_from_slice(b"200001");
    check_anew("another part than asked for", &[elsewhere, whole(&long, "a")], &long, 2).await;
    let larger = [rest(&video(2, 600_000), 200_000, "a"), whole(&long, "a")];
    check_anew("a part of a larger file", &larger, &long, 2).await;
}

#[tokio::test]
async fn what_has_no_name_of_its_own_is_taken_from_its_beginning() {
    let file = video(0, 400_000);
    for headers in ["", "ETag: \"a\"\r\n", "Accept-Ranges: bytes\r\nETag: W/\"a\"\r\n"] {
        let reply = || answer("200 OK", headers, &file);
        let server = Server::start(Script::InTurn(vec![cut(reply(), 100_000), reply()])).await;
        let mut target = Target::new();
        assert!(is_broken(&target.download(&server.url("/")).await));
        assert!(is_whole(&target.download(&server.url("/")).await, file.len()));
        assert!(target.bytes() == file);
        assert_eq!(header(&server.requests()[1], "range"), None, "{headers}");
    }
}

#[tokio::test]
async fn a_part_that_is_whole_already_is_the_file() {
    let file = video(0, 400_000);
    let behind = answer("416 X", "Content-Range: bytes */400000\r\n", b"");
    let server = Server::start(Script::InTurn(vec![whole(&file, "a"), behind])).await;
    let mut target = Target::new();
    assert!(is_whole(&target.download(&server.url("/")).await, file.len()));
    assert!(is_whole(&target.download(&server.url("/")).await, file.len()));
    assert_eq!(header(&server.requests()[1], "range"), Some("bytes=400000-"));
    assert!(target.bytes() == file);
}

#[tokio::test]
async fn bytes_that_were_not_saved_for_sure_are_asked_for_again() {
    let file = video(0, 400_000);
    let replies = vec![cut(whole(&file, "a"), 100_000), rest(&file, 250_000, "a")];
    let server = Server::start(Script::InTurn(replies)).await;
    let mut target = Target::new();
    assert!(is_broken(&target.download(&server.url("/")).await));
    // As after a power cut: what was said last is less than what the file seems to hold.
    target.said.last_mut().unwrap().saved = 250_000;
    let mut bytes = target.bytes();
    bytes[250_000..].fill(0);
    std::fs::write(&target.part, &bytes).unwrap();

    assert!(is_whole(&target.download(&server.url("/")).await, file.len()));

    assert!(target.bytes() == file);
}

#[tokio::test]
async fn a_stop_is_no_error_and_keeps_what_came() {
    let file = video(0, 400_000);
    let stalled = cut(whole(&file, "a"), 100_000);
    let server = Server::start(Script::ReplyThenSilence(stalled)).await;
    let mut target = Target::new();
    let outcome = target.until(&server.url("/"), tokio::time::sleep(SOON)).await;
    assert!(matches!(outcome, Ok(Downloaded::Stopped)), "{outcome:?}");
    assert_eq!(target.said.last().unwrap().saved, 300_000);
    assert!(target.bytes() == file[..300_000]);
}

#[tokio::test]
async fn a_page_is_no_file_and_leaves_the_part_as_it_was() {
    let file = video(0, 400_000);
    let page =
        answer("200 OK", "Content-Type: video/mp4\r\n", b"<!doctype html><title>Log in</title>");
    let json = answer("200 OK", "Content-Type: video/mp4\r\n", b"{\"code\":403}");
    let picture = answer("200 OK", "", b"\x89PNG\r\n\x1a\n");
    let empty = answer("200 OK", "", b"");
    for reply in [page, json, picture, empty] {
        let replies = vec![cut(whole(&file, "a"), 100_000), reply];
        let server = Server::start(Script::InTurn(replies)).await;
        let mut target = Target::new();
        assert!(is_broken(&target.download(&server.url("/")).await));
        let outcome = target.download(&server.url("/")).await;
        assert!(matches!(outcome, Err(DownloadError::NotTheFile)), "{outcome:?}");
        assert!(target.bytes() == file[..300_000]);
    }
}

#[tokio::test]
async fn an_address_whose_time_is_over_is_told_from_other_trouble() {
    for (status, expired) in
        [(401, true), (403, true), (404, true), (410, true), (500, false), (204, false)]
    {
        let server = Server::start(Script::Reply(answer(&format!("{status} X"), "", b""))).await;
        match Target::new().download(&server.url("/")).await {
            Err(DownloadError::Expired(said)) if expired => assert_eq!(said, status),
            Err(DownloadError::Status(said)) if !expired => assert_eq!(said, status),
            other => panic!("{status}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_file_beyond_the_cap_is_not_taken() {
    let promised = b"HTTP/1.1 200 OK\r\nContent-Length: 10000001\r\n\r\n".to_vec();
    let server = Server::start(Script::ReplyThenClose(promised)).await;
    let outcome = Target::new().download(&server.url("/")).await;
    assert!(matches!(outcome, Err(DownloadError::TooLarge)), "{outcome:?}");

    // One that does not say how long it is.
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    let endless = [head, video(0, 10_100_000)].concat();
    let server = Server::start(Script::ReplyThenClose(endless)).await;
    let outcome = Target::new().download(&server.url("/")).await;
    assert!(matches!(outcome, Err(DownloadError::TooLarge)), "{outcome:?}");
}

#[tokio::test]
async fn what_is_packed_on_the_way_is_not_unpacked() {
    let packed = answer("200 OK", "Content-Encoding: gzip\r\n", &gzip(&video(0, 100_000)));
    let server = Server::start(Script::Reply(packed)).await;
    let outcome = Target::new().download(&server.url("/")).await;
    assert!(matches!(outcome, Err(DownloadError::NotTheFile)), "{outcome:?}");
}

#[tokio::test]
async fn redirects_are_followed_with_the_range_and_never_out_of_the_reach() {
    let file = video(0, 400_000);
    let replies = vec![cut(whole(&file, "a"), 100_000), rest(&file, 300_000, "a")];
    let host = Server::start(Script::InTurn(replies)).await;
    let location = format!("Location: {}\r\n", host.url("/b.mp4"));
    let first = Server::start(Script::Reply(answer("302 X", &location, b""))).await;
    let mut target = Target::new();
    assert!(is_broken(&target.download(&first.url("/")).await));
    assert!(is_whole(&target.download(&first.url("/")).await, file.len()));
    assert_eq!(header(&host.requests()[1], "range"), Some("bytes=300000-"));

    for location in ["http://10.0.0.1/a.mp4", "https://cdn.example/a.mp4", "file:///etc/passwd"] {
        let reply = answer("302 X", &format!("Location: {location}\r\n"), b"");
        let server = Server::start(Script::Reply(reply)).await;
        let outcome = Target::new().download(&server.url("/")).await;
        assert!(matches!(outcome, Err(DownloadError::NotAllowed)), "{location}: {outcome:?}");
    }
}

#[tokio::test]
async fn private_addresses_are_not_asked_from_the_internet() {
    let sender = sender(Proxy::None);
    let folder = tempfile::tempdir().unwrap();
    for url in
        ["https://127.0.0.1/a", "http://192.168.1.1/a", "https://[::1]/a", "http://a.example:81/"]
    {
        let url = Url::parse(url).unwrap();
        let part = folder.path().join("a.part");
        let class = FileClass::Video;
        let wish = Wish { url: &url, part: &part, known: None, cap: 1000, class };
        let outcome = sender.download(wish, pending(), |_| {}).await;
        assert!(matches!(outcome, Err(DownloadError::NotAllowed)), "{url}: {outcome:?}");
    }
}

#[tokio::test]
async fn two_downloads_never_write_one_part() {
    let file = video(0, 400_000);
    let slow = Server::start(Script::ReplyThenSilence(cut(whole(&file, "a"), 100_000))).await;
    let mut target = Target::new();
    let url = slow.url("/");
    let mut second = Target::new();
    second.part = target.part.clone();
    let meanwhile = async {
        while slow.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let outcome = second.download(&url).await;
        assert!(matches!(outcome, Err(DownloadError::Taken)), "{outcome:?}");
    };
    let outcome = target.until(&url, meanwhile).await;
    assert!(matches!(outcome, Ok(Downloaded::Stopped)), "{outcome:?}");
    assert_eq!(slow.requests().len(), 1);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told_from_a_full_disk() {
    let server = Server::start(Script::Reply(whole(&video(0, 1000), "a"))).await;
    let mut target = Target::new();
    target.part = target.part.join("below").join("a.part");
    let outcome = target.download(&server.url("/")).await;
    assert!(matches!(outcome, Err(DownloadError::Unwritable(_))), "{outcome:?}");
    assert_eq!(server.connections(), 0);

    #[cfg(target_os = "linux")]
    {
        // Takes any bytes that come and has room for none.
        target.part = PathBuf::from("/dev/full");
        let outcome = target.download(&server.url("/")).await;
        assert!(matches!(outcome, Err(DownloadError::DiskFull)), "{outcome:?}");
    }
}
