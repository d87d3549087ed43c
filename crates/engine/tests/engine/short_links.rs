//! Short links: asked once and politely, so that one video is one bill.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use shiwen_core::{Chip, Detection, LinkKind, Operation, Platform, ProviderId, Submission};
use shiwen_engine::{Engine, Follower, Following};
use shiwen_http::{FetchError, FollowError, Step};
use url::Url;

use crate::lab::Lab;

const TRANSCRIBE: Operation = Operation::Transcribe;
pub(crate) const VIDEO: &str =
    "https://www.iesdouyin.com/share/video/7300000000000000001/?region=CN";

/// The hosts of short links, played from a table: the addresses behind each link, or why there are none.
pub(crate) struct Hosts {
    pub(crate) wanted: AtomicBool,
    ways: Mutex<HashMap<String, Result<Vec<String>, FollowError>>>,
    /// Every address that was asked, hops included.
    asked: Mutex<Vec<String>>,
    out: AtomicUsize,
    most_out: AtomicUsize,
}

impl Hosts {
    pub(crate) fn new(ways: &[(&str, &[&str])]) -> Arc<Self> {
        let hosts = Self {
            wanted: AtomicBool::new(true),
            ways: Mutex::default(),
            asked: Mutex::default(),
            out: AtomicUsize::default(),
            most_out: AtomicUsize::default(),
        };
        for (link, addresses) in ways {
            let addresses = addresses.iter().map(|&address| address.to_owned()).collect();
            hosts.plays(link, Ok(addresses));
        }
        Arc::new(hosts)
    }

    pub(crate) fn plays(&self, link: &str, way: Result<Vec<String>, FollowError>) {
        self.ways.lock().unwrap().insert(link.to_owned(), way);
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn ask(&self, address: &str) {
        self.asked.lock().unwrap().push(address.to_owned());
    }
}

impl Follower for Hosts {
    fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::SeqCst)
    }

    fn follow<'a>(&'a self, url: &'a Url, judge: fn(&Url) -> Step) -> Following<'a> {
        Box::pin(async move {
            self.ask(url.as_str());
            let out = self.out.fetch_add(1, Ordering::SeqCst) + 1;
            self.most_out.fetch_max(out, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(300)).await;
            self.out.fetch_sub(1, Ordering::SeqCst);
            let way = self.ways.lock().unwrap().get(url.as_str()).cloned();
            let mut last = url.clone();
            for address in way.unwrap_or(Err(FetchError::Status(404).into()))? {
                let address = Url::parse(&address).unwrap();
                match judge(&address) {
                    Step::Arrived => return Ok(address),
                    Step::Foreign => return Err(FollowError::Foreign),
                    Step::Onward => self.ask(address.as_str()),
                }
                last = address;
            }
            Ok(last)
        })
    }
}

pub(crate) fn link(code: &str) -> String {
    format!("https://v.douyin.com/{code}/")
}

async fn resolved(engine: &Engine, text: &str) -> Detection {
    engine.resolve_links(text, TRANSCRIBE).await.unwrap()
}

fn submission(text: &str, codes: &[&str]) -> Submission {
    Submission {
        share_text: text.to_owned(),
        urls: codes.iter().map(|code| link(code)).collect(),
        again: Vec::new(),
        provider: ProviderId::Momoget,
        operation: TRANSCRIBE,
        target_language: None,
        input: shiwen_core::Input::new(),
        together: false,
        then: Vec::new(),
    }
}

fn only(detection: &Detection) -> &Chip {
    assert_eq!(detection.chips.len(), 1, "{detection:?}");
    &detection.chips[0]
}

#[tokio::test(start_paused = true)]
async fn a_short_link_is_shown_as_what_it_leads_to_and_asked_once() {
    let hosts = Hosts::new(&[(&link("aaaa1111"), &[VIDEO])]);
    let lab = Lab::new();
    let engine = lab.engine_with(hosts.clone());
    let text =
        format!("7.43 复制打开抖音，看看【灶边老周的作品】红烧肉… {} 05/17", link("aaaa1111"));
    assert_eq!(only(&engine.detect(&text, TRANSCRIBE).unwrap()).link.kind, LinkKind::Short);

    let detection = resolved(&engine, &text).await;
    let chip = only(&detection);
    assert_eq!(chip.link.url, link("aaaa1111"));
    assert_eq!(chip.link.kind, LinkKind::Video);
    assert_eq!(chip.link.id.as_deref(), Some("7300000000000000001"));
    assert_eq!(chip.link.title.as_deref(), Some("红烧肉"));

    assert_eq!(engine.detect(&text, TRANSCRIBE).unwrap(), detection);
    resolved(&engine, &text).await;
    drop(engine);
    assert_eq!(resolved(&lab.engine_with(hosts.clone()), &text).await, detection);
    assert_eq!(hosts.asked(), [link("aaaa1111")]);
}

#[tokio::test(start_paused = true)]
async fn a_video_in_the_history_is_known_under_its_next_short_link() {
    let hosts = Hosts::new(&[(&link("aaaa1111"), &[VIDEO]), (&link("bbbb2222"), &[VIDEO])]);
    let lab = Lab::new();
    let engine = lab.engine_with(hosts);
    // The first was submitted before anyone knew what it leads to.
    let first = engine.create_tasks(&submission(&link("aaaa1111"), &["aaaa1111"])).unwrap()[0];
    resolved(&engine, &link("aaaa1111")).await;

    let detection = resolved(&engine, &link("bbbb2222")).await;
    assert_eq!(only(&detection).known.as_ref().map(|known| known.task), Some(first));

    let mut second = submission(&link("bbbb2222"), &["bbbb2222"]);
    assert_eq!(engine.create_tasks(&second).unwrap(), []);
    second.again.clone_from(&second.urls);
    let again = engine.create_tasks(&second).unwrap()[0];
    let task = engine.store().task(again).unwrap();
    let pasted = task.link.unwrap();
    assert_eq!(pasted.video_key(), "douyin:7300000000000000001");
    assert_eq!(pasted.url, link("bbbb2222"), "the provider gets what was pasted");
}

#[tokio::test(start_paused = true)]
async fn links_of_one_video_in_one_paste_are_one_chip_and_one_task() {
    let hosts = Hosts::new(&[(&link("aaaa1111"), &[VIDEO]), (&link("bbbb2222"), &[VIDEO])]);
    let lab = Lab::new();
    let engine = lab.engine_with(hosts);
    let plain = "https://www.douyin.com/video/7300000000000000001";
    let text =
        format!("{}\n{}\n{}\n{plain}\n", link("aaaa1111"), link("cccc3333"), link("bbbb2222"));
    assert_eq!(engine.detect(&text, TRANSCRIBE).unwrap().chips.len(), 4);

    let detection = resolved(&engine, &text).await;
    let urls: Vec<_> = detection.chips.iter().map(|chip| chip.link.url.clone()).collect();
    assert_eq!(urls, [link("aaaa1111"), link("cccc3333")]);
    assert_eq!((detection.duplicates, detection.spans.len()), (2, 4));

    let all = submission(&text, &["aaaa1111", "cccc3333", "bbbb2222"]);
    assert_eq!(engine.create_tasks(&all).unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_link_to_a_profile_or_a_live_room_is_no_work() {
    let hosts = Hosts::new(&[
        (
            &link("aaaa1111"),
            &["https://www.iesdouyin.com/share/user/1?sec_uid=MS4wLjABAAAAfixture"],
        ),
        (
            &link("bbbb2222"),
            &["https://webcast.amemv.com/douyin/webcast/reflow/7300000000000000002"],
        ),
    ]);
    let lab = Lab::new();
    let engine = lab.engine_with(hosts);
    let detection = resolved(&engine, &format!("{} {}", link("aaaa1111"), link("bbbb2222"))).await;
    let chips: Vec<_> =
        detection.chips.iter().map(|chip| (chip.link.kind, chip.not_a_work)).collect();
    assert_eq!(chips, [(LinkKind::User, true), (LinkKind::Live, true)]);
}

#[tokio::test(start_paused = true)]
async fn another_platform_may_stand_behind_a_short_link_and_a_foreign_site_is_not_asked() {
    let hosts = Hosts::new(&[
        (&link("aaaa1111"), &["https://www.ixigua.com/7300000000000000003?logTag=x"]),
        ("https://b23.tv/qWe4RtY", &["https://b23.tv/x7/qWe4RtY", "https://shop.example/sale"]),
        ("https://b23.tv/aSd5FgH", &["https://www.bilibili.com/", "https://shop.example/sale"]),
    ]);
    let lab = Lab::new();
    let engine = lab.engine_with(hosts.clone());
    let text = format!("{} https://b23.tv/qWe4RtY https://b23.tv/aSd5FgH", link("aaaa1111"));
    let detection = resolved(&engine, &text).await;
    let chips: Vec<_> =
        detection.chips.iter().map(|chip| (chip.link.platform, chip.link.kind)).collect();
    let short = (Platform::Bilibili, LinkKind::Short);
    assert_eq!(chips, [(Platform::Ixigua, LinkKind::Video), short, short]);
    assert!(!hosts.asked().iter().any(|address| address.contains("shop.example")));
}

#[tokio::test(start_paused = true)]
async fn what_led_nowhere_is_not_asked_again_and_what_could_not_be_reached_a_minute_later() {
    let hosts = Hosts::new(&[]);
    hosts.plays(&link("late1111"), Err(FollowError::Timeout));
    let lab = Lab::new();
    let engine = lab.engine_with(hosts.clone());
    let text = format!("{} {}", link("gone1111"), link("late1111"));
    for _ in 0..5 {
        let detection = resolved(&engine, &text).await;
        assert!(detection.chips.iter().all(|chip| chip.link.kind == LinkKind::Short));
    }
    assert_eq!(hosts.asked().len(), 2);

    hosts.plays(&link("late1111"), Ok(vec![VIDEO.to_owned()]));
    tokio::time::sleep(Duration::from_secs(61)).await;
    let detection = resolved(&engine, &text).await;
    assert_eq!(detection.chips[1].link.kind, LinkKind::Video);
    assert_eq!(hosts.asked()[2..], [link("late1111")]);
    // Nothing of it ever stood in the way of a task.
    let both = submission(&text, &["gone1111", "late1111"]);
    assert_eq!(engine.create_tasks(&both).unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn six_are_asked_at_once_and_each_once_however_often_the_text_is_looked_at() {
    let hosts = Hosts::new(&[]);
    let codes: Vec<_> = (0..20).map(|n| link(&format!("code{n:04}"))).collect();
    for (n, code) in codes.iter().enumerate() {
        let video = format!("https://www.douyin.com/video/73000000000000000{n:02}");
        hosts.plays(code, Ok(vec![video]));
    }
    let lab = Lab::new();
    let engine = lab.engine_with(hosts.clone());
    let text = codes.join("\n");
    let (one, two) = tokio::join!(resolved(&engine, &text), resolved(&engine, &text));
    assert_eq!(one, two);
    assert!(one.chips.iter().all(|chip| chip.link.kind == LinkKind::Video));
    assert_eq!(hosts.asked().len(), 20);
    assert_eq!(hosts.most_out.load(Ordering::SeqCst), 6);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_an_answer_gets_it_although_the_first_that_asked_has_gone() {
    let hosts = Hosts::new(&[(&link("aaaa1111"), &[VIDEO])]);
    let lab = Lab::new();
    let engine = lab.engine_with(hosts);
    let typed = link("aaaa1111");
    let gone = tokio::time::timeout(Duration::from_millis(100), resolved(&engine, &typed));
    let text = format!("{typed} 红烧肉");
    let (gone, stays) = tokio::join!(gone, resolved(&engine, &text));
    assert!(gone.is_err());
    assert_eq!(only(&stays).link.kind, LinkKind::Video);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_the_user_does_not_want_it_or_where_it_is_not_needed() {
    let hosts = Hosts::new(&[(&link("aaaa1111"), &[VIDEO])]);
    let lab = Lab::new();
    let engine = lab.engine_with(hosts.clone());
    hosts.wanted.store(false, Ordering::SeqCst);
    let off = resolved(&engine, &link("aaaa1111")).await;
    assert_eq!(off, engine.detect(&link("aaaa1111"), TRANSCRIBE).unwrap());
    assert_eq!(hosts.asked(), Vec::<String>::new());

    hosts.wanted.store(true, Ordering::SeqCst);
    let text = "https://shop.example/abcd https://www.douyin.com/video/7300000000000000001 8.91 HIV:/ k@p.dN";
    resolved(&engine, text).await;
    assert_eq!(hosts.asked(), Vec::<String>::new());

    resolved(&engine, &link("aaaa1111")).await;
    assert_eq!(hosts.asked(), [link("aaaa1111")]);
    // What is known already is shown, wanted or not.
    hosts.wanted.store(false, Ordering::SeqCst);
    let known = resolved(&engine, &link("aaaa1111")).await;
    assert_eq!(only(&known).link.kind, LinkKind::Video);
}
