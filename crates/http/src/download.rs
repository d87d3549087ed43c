//! Whole files from addresses that a provider named: no credential, any size, gone on with after a break.

use std::{io, path::Path, pin::pin, time::SystemTime};

use reqwest::{
    Response, StatusCode,
    header::{
        ACCEPT_ENCODING, ACCEPT_RANGES, CONTENT_RANGE, DATE, ETAG, HeaderMap, HeaderName,
        HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE,
    },
};
use url::Url;

use crate::{
    Cause, FetchError, FileClass, FileKind, SendError, Sender, classify, clients::Use, fetch::Ask,
    part::Part, sniff::HEAD,
};

/// Longest validator that is kept, in bytes.
const VALIDATOR_LEN: usize = 256;

/// A file that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    pub url: &'a Url,
    /// Grows while bytes come; made if it is missing. It stays where it is, whatever happens.
    pub part: &'a Path,
    /// What is known of the part from before; without it the file is taken from its beginning.
    pub known: Option<&'a Known>,
    /// Largest file that is taken, in bytes.
    pub cap: u64,
    /// What was promised.
    pub class: FileClass,
}

/// What the part holds of a file, and by what its host knows that file again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Bytes at the beginning of the part that are good.
    pub bytes: u64,
    /// Bytes of the whole file, where the host said it.
    pub total: Option<u64>,
    /// A strong `ETag` or a `Last-Modified`, as `If-Range` takes it.
    pub validator: String,
}

/// How a download stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub kind: FileKind,
    /// Bytes that came, those from before included.
    pub received: u64,
    /// Of these, bytes that a power cut leaves in the part.
    pub saved: u64,
    pub total: Option<u64>,
    /// By what the file can be gone on with; none where its host gives whole files only.
    pub validator: Option<String>,
}

/// How a download ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Downloaded {
    /// The part is the whole file, and on the disk for good.
    Whole { kind: FileKind, bytes: u64 },
    /// It was asked to stop; what came is in the part.
    Stopped,
}

/// Why a file did not come whole.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// Not a web address, or one that leads into a private network.
    #[error("the address is not allowed")]
    NotAllowed,
    #[error("redirected too often")]
    Redirects,
    /// 401, 403, 404 or 410: what a signed address answers when its time is over.
    #[error("the address is no longer good: status {0}")]
    Expired(u16),
    #[error("answered with status {0}")]
    Status(u16),
    /// A page, JSON, or a file of another class than was promised.
    #[error("not the file that was promised")]
    NotTheFile,
    #[error("longer than allowed")]
    TooLarge,
    #[error("the disk is full")]
    DiskFull,
    #[error("the part cannot be written")]
    Unwritable(#[source] io::Error),
    /// Another download writes this part.
    #[error("the part is in use")]
    Taken,
    #[error(transparent)]
    Send(SendError),
}

impl From<FetchError> for DownloadError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::NotAllowed => Self::NotAllowed,
            FetchError::Redirects => Self::Redirects,
            FetchError::Status(status) => Self::Status(status),
            FetchError::TooLarge => Self::TooLarge,
            FetchError::Send(error) => Self::Send(error),
        }
    }
}

impl Sender {
    /// Downloads a file into its part. Its promises, in the order things fail:
    ///
    /// 1. only public addresses are asked, by https, after at most three redirects that are each checked; in the
    ///    sandbox's reach only this machine;
    /// 2. no credential, cookie or referrer is sent;
    /// 3. a part is gone on with only when its host says by `If-Range` that it is still the same file; else the file
    ///    is taken from its beginning;
    /// 4. a page or JSON never touches the part: the first bytes decide what a file is;
    /// 5. it ends when nothing comes for twenty seconds, and takes as long as it needs otherwise;
    /// 6. a file that ends early is an error;
    /// 7. however it ends, what came is in the part, and `progress` has said how much of it is good;
    /// 8. the part is locked meanwhile, so that two downloads never write one.
    ///
    /// `cancel` stops it, which is no error.
    ///
    /// # Errors
    /// One variant per thing that can be done about it.
    pub async fn download(
        &self,
        wish: Wish<'_>,
        cancel: impl Future<Output = ()> + Send,
        mut progress: impl FnMut(&Progress) + Send,
    ) -> Result<Downloaded, DownloadError> {
        let mut part = Part::open(wish.part, wish.known.map_or(0, |known| known.bytes))?;
        let mut last = None;
        let mut say = |now: &Progress| {
            progress(now);
            last = Some(now.clone());
        };
        let cancel = pin!(cancel);
        let outcome = tokio::select! {
            biased;
            () = cancel => Ok(Downloaded::Stopped),
            outcome = self.fill(&mut part, wish, &mut say) => outcome,
        };
        part.settle().await;
        if let Some(last) = last {
            progress(&Progress { received: part.received, saved: part.saved, ..last });
        }
        if let Err(error) = &outcome {
            // The address is signed, so only its host is said.
            tracing::info!(host = wish.url.host_str(), %error, "a download ended early");
        }
        outcome
    }

    async fn fill(
        &self,
        part: &mut Part,
        wish: Wish<'_>,
        progress: &mut (impl FnMut(&Progress) + Send),
    ) -> Result<Downloaded, DownloadError> {
        let known = wish.known.filter(|_| part.received >= HEAD as u64);
        let mut begun = None;
        if let (Some(known), Some(kind)) = (known, part.kind(wish.class)) {
            let answer = self.ask(wish.url, Some((part.received, &known.validator))).await?;
            match judge(&answer, part.received, known) {
                Same::Rest { total } => {
                    part.go_on_at(part.received)?;
                    begun = Some((answer, kind, total, Some(known.validator.clone())));
                }
                Same::Whole => {
                    part.go_on_at(part.received)?;
                    return Ok(Downloaded::Whole { kind, bytes: part.received });
                }
                Same::No if answer.status() == StatusCode::OK => {
                    begun = Some(begin(part, answer, wish).await?);
                }
                Same::No => {}
            }
        }
        let (mut answer, kind, total, validator) = match begun {
            Some(begun) => begun,
            None => begin(part, self.ask(wish.url, None).await?, wish).await?,
        };
        let mut now = Progress { kind, received: 0, saved: 0, total, validator };
        loop {
            (now.received, now.saved) = (part.received, part.saved);
            check_size(now.received.max(total.unwrap_or(0)), wish.cap)?;
            progress(&now);
            let Some(chunk) = next_chunk(&mut answer).await? else { break };
            check_size(part.received + chunk.len() as u64, wish.cap)?;
            part.append(&chunk).await?;
        }
        if total.is_some_and(|total| total != part.received) {
            return Err(ended_early(answer.status()));
        }
        part.save().await?;
        Ok(Downloaded::Whole { kind, bytes: part.received })
    }

    /// The answer to a request for the file, or for its rest.
    async fn ask(&self, url: &Url, rest: Option<(u64, &str)>) -> Result<Response, DownloadError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some((from, validator)) = rest
            && let (Ok(range), Ok(validator)) =
                (format!("bytes={from}-").parse(), validator.parse::<HeaderValue>())
        {
            headers.insert(RANGE, range);
            headers.insert(IF_RANGE, validator);
        }
        let ask = Ask { purpose: Use::Download, headers, timeout: None };
        let answer = self.get_followed(url, &ask).await?;
        match answer.status().as_u16() {
            200 | 206 | 416 => Ok(answer),
            status @ (401 | 403 | 404 | 410) => Err(DownloadError::Expired(status)),
            status => Err(DownloadError::Status(status)),
        }
    }
}

/// An answer whose body goes into the part, its kind, the size of the whole file and its validator.
type Begun = (Response, FileKind, Option<u64>, Option<String>);

/// Takes the first bytes of a whole file and, if they are what was promised, makes them the beginning of the part.
async fn begin(
    part: &mut Part,
    mut answer: Response,
    wish: Wish<'_>,
) -> Result<Begun, DownloadError> {
    if answer.status() != StatusCode::OK {
        // A part that nobody asked for.
        return Err(DownloadError::Status(answer.status().as_u16()));
    }
    let total = answer.content_length();
    check_size(total.unwrap_or(0), wish.cap)?;
    let mut head = Vec::new();
    while head.len() < HEAD {
        match next_chunk(&mut answer).await? {
            Some(chunk) => head.extend_from_slice(&chunk),
            None => break,
        }
    }
    let Some(kind) = FileKind::promised(&head, wish.class) else {
        return Err(DownloadError::NotTheFile);
    };
    check_size(head.len() as u64, wish.cap)?;
    let validator = validator(answer.headers());
    part.go_on_at(0)?;
    part.append(&head).await?;
    Ok((answer, kind, total, validator))
}

/// What an answer to the question for the rest of a file says.
#[derive(Debug, PartialEq, Eq)]
enum Same {
    /// The rest comes.
    Rest { total: Option<u64> },
    /// There is no rest: the part is the whole file.
    Whole,
    /// It is another file now, or only whole ones are given.
    No,
}

fn judge(answer: &Response, from: u64, known: &Known) -> Same {
    let headers = answer.headers();
    // Some hosts answer a part without a look at `If-Range`.
    let changed = [ETAG, LAST_MODIFIED].iter().filter_map(|name| text(headers, name)).any(|now| {
        now.starts_with('"') == known.validator.starts_with('"')
            && !now.starts_with("W/")
            && now != known.validator
    });
    let range = text(headers, &CONTENT_RANGE).and_then(content_range);
    match (answer.status(), range) {
        _ if changed => Same::No,
        (StatusCode::PARTIAL_CONTENT, Some((Some((first, last)), total))) => {
            let to_the_end = total.is_none_or(|total| last + 1 == total);
            let other_size = matches!((total, known.total), (Some(a), Some(b)) if a != b);
            if first == from && to_the_end && !other_size {
                Same::Rest { total: total.or(Some(last + 1)) }
            } else {
                Same::No
            }
        }
        (StatusCode::RANGE_NOT_SATISFIABLE, Some((None, Some(total)))) if total == from => {
            Same::Whole
        }
        _ => Same::No,
    }
}

/// The bytes (first, last) that a `Content-Range` names, and how many there are in all.
type ContentRange = (Option<(u64, u64)>, Option<u64>);

fn content_range(text: &str) -> Option<ContentRange> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let total = match total {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    if range == "*" {
        return Some((None, total));
    }
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    // One more than the last is counted with later on.
    (first <= last && last < u64::MAX).then_some((Some((first, last)), total))
}

/// By what a file can be asked for again in parts, where its host gives parts (RFC 9110, sections 8.8 and 13.1.5).
fn validator(headers: &HeaderMap) -> Option<String> {
    let in_parts = text(headers, &ACCEPT_RANGES).is_some_and(|unit| unit.trim() == "bytes");
    if !in_parts {
        return None;
    }
    let etag = text(headers, &ETAG).filter(|etag| etag.starts_with('"'));
    let validator =
        etag.or_else(|| text(headers, &LAST_MODIFIED).filter(|_| is_strong(headers)))?;
    (validator.len() <= VALIDATOR_LEN).then(|| validator.to_owned())
}

/// Whether the file was left alone for a second before it was sent; else a date cannot tell two versions apart.
fn is_strong(headers: &HeaderMap) -> bool {
    let time = |name| text(headers, name).and_then(|date| httpdate::parse_http_date(date).ok());
    let sent = time(&DATE).unwrap_or_else(SystemTime::now);
    time(&LAST_MODIFIED)
        .and_then(|changed| sent.duration_since(changed).ok())
        .is_some_and(|age| age.as_secs() >= 1)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

async fn next_chunk(answer: &mut Response) -> Result<Option<bytes::Bytes>, DownloadError> {
    let status = answer.status().as_u16();
    let chunk = answer.chunk().await;
    chunk.map_err(|err| DownloadError::Send(classify::failed_to_read(err, status, &[])))
}

fn check_size(size: u64, cap: u64) -> Result<(), DownloadError> {
    if size > cap { Err(DownloadError::TooLarge) } else { Ok(()) }
}

fn ended_early(status: StatusCode) -> DownloadError {
    DownloadError::Send(SendError::Ambiguous {
        cause: Cause::Broken,
        detail: "the file ended early".to_owned(),
        status: Some(status.as_u16()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_ranges_are_read_whole_or_not_at_all() {
        assert_eq!(content_range("bytes 5-9/10"), Some((Some((5, 9)), Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((Some((5, 9)), None)));
        assert_eq!(content_range("bytes */10"), Some((None, Some(10))));
        for nonsense in ["", "bytes", "bytes 9-5/10", "items 0-1/2", "bytes 0-x/2", "bytes 0-1/"] {
            assert_eq!(content_range(nonsense), None, "{nonsense}");
        }
        assert_eq!(content_range(&format!("bytes 0-{}/*", u64::MAX)), None);
    }

    #[test]
    fn only_what_tells_two_files_apart_is_a_validator() {
        let of = |headers: &[(&'static str, &str)]| {
            let pairs = headers.iter().map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
            });
            validator(&pairs.collect())
        };
        let parts = ("accept-ranges", "bytes");
        let sent = ("date", "Fri, 20 Nov 2026 08:01:00 GMT");
        let (old, new) = ("Fri, 20 Nov 2026 07:00:00 GMT", "Fri, 20 Nov 2026 08:01:00 GMT");
        assert_eq!(of(&[parts, ("etag", "\"a\"")]).as_deref(), Some("\"a\""));
        assert_eq!(of(&[parts, ("etag", "W/\"a\"")]), None);
        assert_eq!(of(&[("etag", "\"a\"")]), None);
        assert_eq!(of(&[("accept-ranges", "none"), ("etag", "\"a\"")]), None);
        assert_eq!(of(&[parts, sent, ("last-modified", old)]).as_deref(), Some(old));
        assert_eq!(of(&[parts, sent, ("last-modified", new)]), None);
        assert_eq!(of(&[parts, ("etag", &format!("\"{}\"", "x".repeat(300)))]), None);
    }

    #[tokio::test]
    async fn a_host_that_falls_silent_is_given_up() {
        use std::time::Duration;
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", server.local_addr().unwrap())).unwrap();
        let playing = tokio::spawn(async move {
            let (mut stream, _) = server.accept().await.unwrap();
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
            let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nID3";
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&[b' '; 400]).await.unwrap();
            std::future::pending::<()>().await;
        });
        let mut sender = Sender::new(crate::Config {
            proxy: crate::Proxy::None,
            proxies: std::collections::BTreeMap::new(),
            user_agent: "test".into(),
            reach: crate::Reach::ThisMachine,
            short_links: None,
        });
        sender.clients.silence = Duration::from_millis(200);
        let folder = tempfile::tempdir().unwrap();
        let part = folder.path().join("a.part");
        let class = FileClass::Audio;
        let wish = Wish { url: &url, part: &part, known: None, cap: 1000, class };
        let outcome = sender.download(wish, std::future::pending(), |_| {}).await;
        assert!(
            matches!(&outcome, Err(DownloadError::Send(err)) if err.cause() == Cause::Timeout),
            "{outcome:?}"
        );
        assert_eq!(std::fs::metadata(&part).unwrap().len(), 403);
        playing.abort();
    }
}
