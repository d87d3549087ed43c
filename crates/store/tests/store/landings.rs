//! Short links, before and after it is known what they lead to.

use shiwen_core::{Landing, Link, LinkKind, NewTask, Operation, Platform, TaskChange};

use crate::fixture::{Situation as From, *};

fn short(code: &str) -> Link {
    let url = format!("https://v.douyin.com/{code}/");
    Link {
        canonical: Some(format!("https://v.douyin.com/{code}")),
        url,
        kind: LinkKind::Short,
        id: None,
        ..link("0")
    }
}

fn landing(id: &str) -> Landing {
    let Link { platform, kind, canonical, .. } = link(id);
    Landing { platform, kind, id: id.to_owned(), canonical }
}

fn wish_for(link: Link) -> NewTask {
    NewTask { link: Some(link), ..wish("0") }
}

fn known(history: &History, link: Link) -> Option<u32> {
    let link = history.store.landed(link).unwrap();
    let known = history.store.known(&link.video_key(), Operation::Transcribe, None).unwrap();
    known.map(|known| known.task.0)
}

#[test]
fn what_a_short_link_leads_to_is_kept_for_every_form_of_it_and_for_no_other() {
    let history = History::new();
    assert_eq!(history.store.landed(short("abc1")).unwrap(), short("abc1"));
    history.store.save_landing(&short("abc1"), &landing("1"), at(0)).unwrap();

    let history = history.reopened();
    let bare = Link {
        url: "http://v.douyin.com/abc1".to_owned(),
        title: Some("另一段文案".to_owned()),
        ..short("abc1")
    };
    let landed = history.store.landed(bare.clone()).unwrap();
    assert_eq!(landed, bare.landed(landing("1")));
    assert_eq!(landed.video_key(), link("1").video_key());
    assert_eq!(history.store.landed(short("abc2")).unwrap(), short("abc2"));
}

#[test]
fn what_was_learned_first_stays() {
    let history = History::new();
    history.store.save_landing(&short("abc1"), &landing("1"), at(0)).unwrap();
    let elsewhere = Landing { platform: Platform::Ixigua, ..landing("2") };
    history.store.save_landing(&short("abc1"), &elsewhere, at(1)).unwrap();
    let landed = history.store.landed(short("abc1")).unwrap();
    assert_eq!(landed, short("abc1").landed(landing("1")));
}

#[test]
fn a_video_is_known_under_its_next_short_link() {
    let history = History::new();
    let first = history.store.add_tasks("x", &[wish_for(short("abc1"))], at(0)).unwrap()[0];
    assert_eq!(known(&history, short("abc2")), None);

    history.store.save_landing(&short("abc1"), &landing("1"), at(1)).unwrap();
    history.store.save_landing(&short("abc2"), &landing("1"), at(1)).unwrap();

    for same in [short("abc1"), short("abc2"), link("1")] {
        assert_eq!(known(&history, same), Some(first.0));
    }
    let again = [wish_for(short("abc2")), wish("1"), wish_for(short("abc3"))];
    let added = history.store.add_tasks("x", &again, at(2)).unwrap();
    assert_eq!(added.len(), 1, "only the third is another video");
    assert_eq!(history.task(added[0]).link, Some(short("abc3")));
}

#[test]
fn two_short_links_of_one_video_in_one_paste_are_one_task() {
    let history = History::new();
    for code in ["abc1", "abc2"] {
        history.store.save_landing(&short(code), &landing("1"), at(0)).unwrap();
    }
    let both = [wish_for(short("abc1")), wish_for(short("abc2"))];
    let ids = history.store.add_tasks("x", &both, at(1)).unwrap();
    assert_eq!(ids.len(), 1);
    assert_eq!(history.task(ids[0]).link, Some(short("abc1").landed(landing("1"))));

    let again = both.map(|wish| NewTask { again: true, ..wish });
    assert_eq!(history.store.add_tasks("x", &again, at(2)).unwrap().len(), 2);
}

#[test]
fn every_task_on_the_link_is_announced_with_its_video() {
    let history = History::new();
    let again = NewTask { again: true, ..wish_for(short("abc1")) };
    let wishes = [again.clone(), wish_for(short("abc9")), again.clone(), again];
    let ids = history.store.add_tasks("x", &wishes, at(0)).unwrap();
    history.store.delete(ids[3], at(0)).unwrap();
    let mut changes = history.store.changes();

    history.store.save_landing(&short("abc1"), &landing("1"), at(1)).unwrap();

    let saved: Vec<_> = announced(&mut changes)
        .into_iter()
        .map(|change| match change {
            TaskChange::Saved { task } => (task.id, task.link),
            other => panic!("{other:?}"),
        })
        .collect();
    let landed = short("abc1").landed(landing("1"));
    assert_eq!(saved, [(ids[0], Some(landed.clone())), (ids[2], Some(landed.clone()))]);
    history.store.restore(ids[3]).unwrap();
    assert_eq!(history.task(ids[3]).link, Some(landed), "also in the trash");
    assert_eq!(history.task(ids[1]).link, Some(short("abc9")));
}

#[test]
fn a_part_of_a_video_stays_a_video_of_its_own() {
    let history = History::new();
    let bilibili = |part: u32| Landing {
        platform: Platform::Bilibili,
        kind: LinkKind::Video,
        id: "BV1xx411c7mD".to_owned(),
        canonical: Some(format!("https://www.bilibili.com/video/BV1xx411c7mD?p={part}")),
    };
    let ids = [1, 2].map(|part| {
        let link = short(&format!("part{part}"));
        let id = history.store.add_tasks("x", &[wish_for(link.clone())], at(0)).unwrap()[0];
        history.store.save_landing(&link, &bilibili(part), at(1)).unwrap();
        id.0
    });
    for (part, id) in [1, 2].into_iter().zip(ids) {
        let link = short("other").landed(bilibili(part));
        assert_eq!(known(&history, link), Some(id));
    }
}

#[test]
fn a_landing_is_kept_whole_or_not_at_all() {
    let history = History::new();
    let id = history.store.add_tasks("x", &[wish_for(short("abc1"))], at(0)).unwrap()[0];
    history
        .sql()
        .execute_batch(
            "CREATE TRIGGER fault BEFORE UPDATE ON links BEGIN SELECT raise(ABORT, 'fault'); END",
        )
        .unwrap();
    let mut changes = history.store.changes();
    assert!(history.store.save_landing(&short("abc1"), &landing("1"), at(1)).is_err());
    assert_eq!(history.store.landed(short("abc1")).unwrap(), short("abc1"));
    assert_eq!(history.task(id).link, Some(short("abc1")));
    assert_eq!(announced(&mut changes), []);
}

#[test]
fn only_short_links_lead_anywhere() {
    let history = History::new();
    let done = history.in_situation(From::Succeeded, "1");
    let odd = Link { id: None, ..link("7") };
    history.store.save_landing(&short("abc1"), &landing("1"), at(0)).unwrap();
    assert_eq!(history.store.landed(odd.clone()).unwrap(), odd);
    assert_eq!(known(&history, short("abc1")), Some(done.0));
}
