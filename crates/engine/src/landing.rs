//! Short links: followed politely to learn which video they lead to, so that no video is paid for under two codes.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::FutureExt;
use shiwen_core::{Detection, Landing, Link, LinkKind, Operation, Platform, TaskId, Timestamp};
use shiwen_http::{FollowError, Step};
use shiwen_share_text::extract;
use shiwen_store::StoreError;
use tokio::task::JoinSet;
use url::Url;

use crate::{Engine, EngineError};

/// Short links that are followed at once, however many texts are looked at.
pub(crate) const AT_ONCE: usize = 6;
/// How long a task waits for one of its links: a little longer than one is followed at most.
const PATIENCE: Duration = Duration::from_secs(7);
const PATIENCE_AT_MOST: Duration = Duration::from_secs(21);
/// How long a link is left alone whose host could not be reached: a text is looked at with every letter typed.
const PAUSE: Duration = Duration::from_secs(60);

pub type Following<'a> = Pin<Box<dyn Future<Output = Result<Url, FollowError>> + Send + 'a>>;

/// Whatever follows short links: the real sender, or a test's own.
pub trait Follower: Send + Sync + 'static {
    /// Whether the user lets short links be followed. Asked before each one.
    fn is_wanted(&self) -> bool;

    /// The first address behind `url` that `judge` takes for an end, or the one that redirects no further.
    fn follow<'a>(&'a self, url: &'a Url, judge: fn(&Url) -> Step) -> Following<'a>;
}

/// What this run knows of links that led nowhere, by their key. Whoever asks holds the lock of the link, so that
/// nobody asks the same a second time meanwhile.
pub(crate) type Asked = HashMap<String, Arc<tokio::sync::Mutex<Silence>>>;

/// For how long a link is not asked again.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Silence {
    #[default]
    None,
    Until(Timestamp),
    /// It leads to no work that we can name, and will not by the end of this run.
    Lasting,
}

impl Engine {
    /// As [`Engine::detect`], once the short links of the text were followed as far as they can be: within seconds
    /// for a few links, longer for many. May be dropped at any time; what was learned by then stays.
    ///
    /// A link that cannot be followed stays a short link, and is asked for once only. Nothing is asked when the user
    /// has switched it off.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn resolve_links(
        &self,
        text: &str,
        operation: Operation,
    ) -> Result<Detection, EngineError> {
        let mut unknown = Vec::new();
        for found in extract(text) {
            if is_unknown(&self.store().landed(found.link.clone())?) {
                unknown.push(found.link);
            }
        }
        self.learn_all(unknown).await;
        self.detect(text, operation)
    }

    /// Leaves short links as they are from now on, whatever the settings say, and those of new tasks for good: such a
    /// task is paid for although its video may be known under another link.
    pub fn leave_short_links(&self) {
        self.inner.leaves_links.store(true, Ordering::Relaxed);
    }

    pub(crate) fn leaves_links(&self) -> bool {
        self.inner.leaves_links.load(Ordering::Relaxed)
    }

    /// Where the links of a task lead that nobody waited for when it was submitted: known before they are paid for,
    /// the store tells which of them are one video. A host that is slow to answer holds a task up for seconds once.
    pub(crate) async fn follow_before_paying(&self, id: TaskId) -> Result<(), StoreError> {
        if self.inner.parts.follower.is_none() {
            return Ok(());
        }
        let mut links = self.store().short_links_of(id)?;
        links.retain(is_unknown);
        let rounds = u32::try_from(links.len().div_ceil(AT_ONCE)).unwrap_or(u32::MAX);
        if rounds > 0 {
            let patience = PATIENCE.saturating_mul(rounds).min(PATIENCE_AT_MOST);
            let _ = tokio::time::timeout(patience, self.learn_all(links)).await;
        }
        Ok(())
    }

    async fn learn_all(&self, links: Vec<Link>) {
        let mut asking = JoinSet::new();
        for link in links {
            let engine = self.clone();
            let learning = async move { engine.learn(&link).await };
            asking.spawn(learning.boxed());
        }
        while asking.join_next().await.is_some() {}
    }

    /// Learns what a short link leads to, unless that was tried lately.
    async fn learn(&self, link: &Link) {
        let (Some(follower), Ok(url)) = (&self.inner.parts.follower, Url::parse(&link.url)) else {
            return;
        };
        if self.leaves_links() {
            return;
        }
        let asked = self.asked().entry(link.video_key()).or_default().clone();
        let mut silence = asked.lock().await;
        match *silence {
            Silence::Until(end) if end > self.now() => return,
            Silence::Lasting => return,
            Silence::Until(_) | Silence::None => {}
        }
        let Ok(_turn) = self.inner.follows.acquire().await else { return };
        // A host that just kept one link waiting would keep the others waiting too, and with them those of all hosts.
        let host = self.asked().entry(format!("//{}", url.authority())).or_default().clone();
        if matches!(*host.lock().await, Silence::Until(end) if end > self.now()) {
            return;
        }
        // Another text with this link was faster.
        let learned = self.store().landed(link.clone()).is_ok_and(|link| !is_unknown(&link));
        if learned || !follower.is_wanted() {
            return;
        }
        let end = follower.follow(&url, judge).await;
        *silence = match end.as_ref().map(landing) {
            Ok(Some(landing)) => {
                if let Err(error) = self.store().save_landing(link, &landing, self.now()) {
                    tracing::warn!(%error, "what a short link leads to could not be kept");
                }
                Silence::None
            }
            Err(error) if error.is_passing() => {
                let until = self.now().after(PAUSE);
                *host.lock().await = Silence::Until(until);
                Silence::Until(until)
            }
            Ok(None) | Err(_) => Silence::Lasting,
        };
    }
}

fn is_unknown(link: &Link) -> bool {
    link.kind == LinkKind::Short && link.platform != Platform::Other
}

/// The short-link hosts of the platforms also serve links to anywhere else: only addresses of a known platform are
/// asked, and one that holds an id needs not be.
fn judge(url: &Url) -> Step {
    match read(url) {
        Some(link) if link.kind != LinkKind::Short && link.id.is_some() => Step::Arrived,
        Some(_) => Step::Onward,
        None => Step::Foreign,
    }
}

/// What the end of the way says. The platform may be another one than the short link's: old links of Douyin lead to
/// Xigua.
fn landing(url: &Url) -> Option<Landing> {
    let Link { platform, kind, id, canonical, .. } = read(url)?;
    (kind != LinkKind::Short).then_some(Landing { platform, kind, id: id?, canonical })
}

/// The address as a link of a known platform.
fn read(url: &Url) -> Option<Link> {
    // An address can hold others: only what the whole of it is counts, and only by the host that would be asked.
    let whole = extract(url.as_str()).into_iter().next().filter(|found| found.span.start == 0)?;
    let link = whole.link;
    let same_host = Url::parse(&link.url).is_ok_and(|link| link.host() == url.host());
    (same_host && link.platform != Platform::Other).then_some(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_platforms_are_asked_and_only_until_one_holds_an_id() {
        for (url, expected) in [
            ("https://www.iesdouyin.com/share/video/7300000000000000001/?region=CN", Step::Arrived),
            ("https://www.ixigua.com/7300000000000000001?logTag=x", Step::Arrived),
            ("https://www.bilibili.com/video/BV1xx411c7mD?p=2&unique_k=a", Step::Arrived),
            ("https://www.douyin.com/user/MS4wLjABAAAAfixture", Step::Arrived),
            ("https://v.douyin.com/iRk3xQ7_p2A/", Step::Onward),
            ("https://www.xiaohongshu.com/login?redirectPath=x", Step::Onward),
            ("https://www.douyin.com/", Step::Foreign),
            ("https://shop.example/item", Step::Foreign),
            (
                "https://shop.example/https://www.douyin.com/video/7300000000000000001",
                Step::Foreign,
            ),
            ("https://shop.example/?to=https://www.douyin.com/video/1", Step::Foreign),
            ("https://https//www.douyin.com/video/7300000000000000001", Step::Foreign),
            ("https://v.douyin.com.shop.example/iRk3xQ7_p2A/", Step::Foreign),
        ] {
            assert_eq!(judge(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn a_landing_is_a_work_or_what_else_an_id_names() {
        let landing = |url| landing(&Url::parse(url).unwrap());
        let part = landing("https://www.bilibili.com/video/BV1xx411c7mD?p=2&unique_k=a").unwrap();
        assert_eq!((part.platform, part.kind), (Platform::Bilibili, LinkKind::Video));
        assert_eq!(part.id, "BV1xx411c7mD");
        let canonical = "https://www.bilibili.com/video/BV1xx411c7mD?p=2";
        assert_eq!(part.canonical.as_deref(), Some(canonical));
        let user = landing("https://www.douyin.com/user/MS4wLjABAAAAfixture").unwrap();
        assert_eq!(user.kind, LinkKind::User);
        for nowhere in [
            "https://v.douyin.com/iRk3xQ7_p2A/",
            "https://www.xiaohongshu.com/login?redirectPath=x",
            "https://shop.example/video/7300000000000000001",
        ] {
            assert_eq!(landing(nowhere), None, "{nowhere}");
        }
    }
}
