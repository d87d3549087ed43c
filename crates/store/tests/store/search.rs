//! What is found is what stands there: searching against going through everything.

use std::{collections::BTreeMap, time::Duration};

use shiwen_core::{
    Filter, Found, NewTask, Operation, Place, Platform, ProviderId, Query, SearchOrder, Task,
    TaskId, TaskState,
};
use shiwen_store::{Effort, Turns, Won};
use shiwen_text::fold::fold;

use crate::{fixture::*, prove};

/// Few enough that words meet: Chinese, Latin in both widths and cases, digits, punctuation, white space, pictures.
const LETTERS: &[char] = &[
    '的', '今', '天', '气', '好', '红', '烧', '肉', '做', '菜', '視', '视', '频', '龘', 'a', 'b',
    'A', 'Ｂ', 'é', 'É', '1', '２', '3', '，', '。', '！', '"', '-', ' ', '　', '\n', '😀', '🔥',
    '_',
];

/// Xorshift: the same history for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, many: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % many as u64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn text(&mut self, least: usize, most: usize) -> String {
        let length = least + self.below(most - least + 1);
        (0..length).map(|_| *self.one(LETTERS)).collect()
    }

    fn name(&mut self, most: usize) -> String {
        let name = self.text(1, most);
        if name.trim().is_empty() { "名".to_owned() } else { name.trim().to_owned() }
    }
}

/// One more task, in any state, with any words.
fn grow(history: &History, dice: &mut Dice, n: usize) -> TaskId {
    let store = &history.store;
    let mut link = link(&format!("{n}"));
    link.title = (dice.below(3) > 0).then(|| dice.text(1, 12));
    link.platform = *dice.one(&[Platform::Douyin, Platform::Kuaishou, Platform::WechatChannels]);
    let provider = *dice.one(&[ProviderId::Momoget, ProviderId::Coze]);
    let operation = *dice.one(&[Operation::Transcribe, Operation::Transcribe, Operation::Analyze]);
    let wish = NewTask { provider, operation, link: Some(link), ..wish("x") };
    let at = at(n as i64 * 40_000_000);
    let id = store.add_tasks("x", &[wish], at).unwrap()[0];
    if dice.below(5) == 0 {
        if dice.below(2) == 0 {
            store.cancel(id, at).unwrap();
        }
        return id;
    }
    let found = Found {
        title: (dice.below(3) > 0).then(|| dice.text(0, 15)),
        author: (dice.below(2) > 0).then(|| dice.text(1, 5)),
        ..Found::default()
    };
    let text = (dice.below(6) > 0).then(|| dice.text(0, 120));
    let won = Won { text, found, ..Won::default() };
    let attempt = store.claim(id, at).unwrap().attempt;
    store.won_at_once(attempt, &won, &spent(1), &answer("create"), at).unwrap();
    if dice.below(3) == 0 {
        store.save_note(id, &dice.text(1, 20)).unwrap();
    }
    if dice.below(3) == 0 {
        store.tag(&[id], &[dice.name(3), "做菜".to_owned()], &[]).unwrap();
    }
    if dice.below(4) == 0 {
        store.star(&[id], true).unwrap();
    }
    if dice.below(2) == 0 {
        // Refused where nothing was transcribed.
        let _ = store.save_text(id, &format!("字{}", dice.text(1, 60)), at);
    }
    id
}

/// Everything that a task can be found by, folded.
fn fields(history: &History, id: TaskId) -> (Task, Vec<String>, bool) {
    let detail = history.detail(id);
    let task = detail.task;
    let mut fields: Vec<Option<String>> =
        vec![task.found.title.clone(), task.found.author.clone(), task.note.clone()];
    fields.push(task.subject.clone());
    fields.extend(task.tags.iter().cloned().map(Some));
    if let Some(link) = &task.link {
        fields.extend([Some(link.url.clone()), link.canonical.clone(), link.title.clone()]);
    }
    let has_text = !detail.transcripts.is_empty();
    fields.extend(detail.transcripts.into_iter().map(|version| Some(version.text)));
    (task, fields.into_iter().flatten().map(|field| fold(&field)).collect(), has_text)
}

type Fields = BTreeMap<TaskId, (Task, Vec<String>, bool)>;

fn everything(history: &History, ids: &[TaskId]) -> Fields {
    let all = ids.iter().map(|id| (*id, fields(history, *id)));
    all.filter(|(_, (task, ..))| task.deleted_at.is_none()).collect()
}

fn passes(filter: &Filter, task: &Task, has_text: bool) -> bool {
    let platform = task.link.as_ref().map(|link| link.platform);
    let among = |empty: bool, found: bool| empty || found;
    among(filter.platforms.is_empty(), platform.is_some_and(|p| filter.platforms.contains(&p)))
        && among(filter.providers.is_empty(), filter.providers.contains(&task.provider))
        && among(filter.operations.is_empty(), filter.operations.contains(&task.operation))
        && among(filter.states.is_empty(), filter.states.contains(&task.state))
        && filter.tags.iter().all(|tag| task.tags.contains(tag))
        && filter.starred.is_none_or(|starred| starred == task.starred)
        && filter.has_text.is_none_or(|wanted| wanted == has_text)
        && filter.from.is_none_or(|from| task.created_at >= from)
        && filter.until.is_none_or(|until| task.created_at < until)
}

/// What going through everything finds, newest first.
fn scanned(all: &Fields, query: &Query) -> Vec<TaskId> {
    let words: Vec<_> =
        query.words.iter().map(|word| fold(word)).filter(|word| !word.trim().is_empty()).collect();
    let holds = |fields: &[String], word: &String| fields.iter().any(|field| field.contains(word));
    let found = all.iter().rev().filter(|(_, (task, fields, has_text))| {
        words.iter().all(|word| holds(fields, word)) && passes(&query.filter, task, *has_text)
    });
    found.map(|(id, _)| *id).collect()
}

/// A word that may be in the history: any at all, or a piece of a field in another width or case.
fn word(dice: &mut Dice, all: &Fields) -> String {
    if dice.below(3) == 0 {
        return dice.text(1, 8);
    }
    let tasks: Vec<_> = all.values().collect();
    let (_, fields, _) = dice.one(&tasks);
    let field: Vec<char> = dice.one(fields).chars().collect();
    if field.is_empty() {
        return dice.text(1, 2);
    }
    let from = dice.below(field.len());
    let length = 1 + dice.below(8);
    let piece: String = field[from..].iter().take(length).collect();
    match dice.below(3) {
        0 => piece.to_uppercase().replace('!', "！").replace('1', "１"),
        _ => piece,
    }
}

fn query(dice: &mut Dice, all: &Fields) -> Query {
    let words = (0..[1, 1, 1, 2, 3, 0][dice.below(6)]).map(|_| word(dice, all)).collect();
    let mut filter = Filter::default();
    if dice.below(3) == 0 {
        for _ in 0..=dice.below(2) {
            match dice.below(9) {
                0 => {
                    filter.platforms.push(*dice.one(&[Platform::Douyin, Platform::WechatChannels]))
                }
                1 => filter.providers.push(*dice.one(ProviderId::ALL)),
                2 => filter.operations.push(*dice.one(Operation::ALL)),
                3 => filter.states.push(*dice.one(TaskState::ALL)),
                4 => filter.tags.push(if dice.below(2) == 0 {
                    "做菜".into()
                } else {
                    dice.name(2)
                }),
                5 => filter.starred = Some(dice.below(2) == 0),
                6 => filter.has_text = Some(dice.below(2) == 0),
                7 => filter.from = Some(at(dice.below(100) as i64 * 86_400_000)),
                _ => filter.until = Some(at(dice.below(200) as i64 * 86_400_000)),
            }
        }
    }
    Query { words, filter, unknown: Vec::new() }
}

/// Asks so many queries in every way there is; answers how many hits there were.
fn compare(history: &History, ids: &[TaskId], dice: &mut Dice, queries: usize) -> usize {
    let store = &history.store;
    let all = everything(history, ids);
    let mut hits = 0;
    for _ in 0..queries {
        let query = query(dice, &all);
        let expected = scanned(&all, &query);
        assert_eq!(store.found_ids(&query).unwrap(), expected, "{query:?}");
        let count = store.count_found(&query).unwrap();
        assert_eq!((count.count as usize, count.exact), (expected.len(), true), "{query:?}");
        hits += expected.len();

        let order = *dice.one(SearchOrder::ALL);
        let (mut paged, mut after) = (Vec::new(), None::<String>);
        loop {
            let page = store.search(&query, order, after.as_deref(), 7).unwrap();
            paged.extend(page.hits.iter().map(|hit| hit.task.id));
            assert!(page.hits.len() == 7 || page.after.is_none());
            for hit in &page.hits {
                assert_eq!(hit.task, all[&hit.task.id].0);
            }
            // Some are gone through to their end.
            if page.after.is_none() || (paged.len() > 30 && dice.below(3) > 0) {
                break;
            }
            after = page.after;
        }
        let expected = match order {
            SearchOrder::Newest => expected,
            SearchOrder::Titles => titles_first(&all, &query, expected),
        };
        assert_eq!(paged, expected[..paged.len()], "{query:?}");
        assert!(after.is_some() || paged.len() == expected.len(), "{query:?}");
    }
    hits
}

fn titles_first(all: &Fields, query: &Query, found: Vec<TaskId>) -> Vec<TaskId> {
    let words: Vec<_> =
        query.words.iter().map(|word| fold(word)).filter(|word| !word.trim().is_empty()).collect();
    let in_titles = |id: &TaskId| {
        let (task, ..) = &all[id];
        let of_link = task.link.as_ref().and_then(|link| link.title.as_deref());
        let titles = [task.found.title.as_deref(), of_link, task.subject.as_deref()];
        let titles: Vec<_> = titles.into_iter().flatten().map(fold).collect();
        words.iter().all(|word| titles.iter().any(|title| title.contains(word.as_str())))
    };
    let (mut first, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(in_titles);
    first.extend(rest);
    first
}

#[test]
fn what_is_found_is_what_stands_there() {
    let (tasks, queries) = if prove::long() { (600, 2_000) } else { (120, 120) };
    let seed = 0x5eed_2026;
    let history = History::new();
    let store = &history.store;
    let dice = &mut Dice(seed);
    let ids: Vec<_> = (0..tasks).map(|n| grow(&history, dice, n)).collect();
    let mut hits = compare(&history, &ids, dice, queries);

    for _ in 0..tasks / 3 {
        let id = *dice.one(&ids);
        let now = at(dice.below(1_000_000) as i64);
        match dice.below(6) {
            0 => {
                let _ = store.save_text(id, &dice.text(1, 80), now);
            }
            1 => {
                // Refused in the trash.
                let _ = store.save_note(id, &dice.text(0, 9));
            }
            2 => {
                store.trash_many(&[id], now).unwrap();
            }
            3 => {
                let (add, remove) = (dice.name(2), "做菜".to_owned());
                store.tag(&[id], &[add], &[remove]).unwrap();
            }
            4 => {
                store.star(&[id], dice.below(2) == 0).unwrap();
            }
            _ => {
                let _ = store.delete_text(id, 2);
            }
        }
    }
    hits += compare(&history, &ids, dice, queries);

    let trashed: Vec<_> =
        ids.iter().copied().filter(|id| history.task(*id).deleted_at.is_some()).collect();
    assert!(trashed.len() > 3);
    store.restore_many(&trashed[..trashed.len() / 2]).unwrap();
    let gone = store.delete_for_ever(&trashed[trashed.len() / 2..]).unwrap();
    let ids: Vec<_> = ids.into_iter().filter(|id| !gone.contains(id)).collect();
    hits += compare(&history, &ids, dice, queries);

    let mut told = 0;
    assert_eq!(store.rebuild_index(&mut |done| told = done).unwrap() as usize, ids.len());
    assert_eq!(told as usize, ids.len());
    hits += compare(&history, &ids, dice, queries);

    history.sql().execute("INSERT INTO words (words) VALUES ('delete-all')", []).unwrap();
    let lost = compare_one(&history, &ids);
    assert!(lost > 0, "without an index nothing is found");
    store.rebuild_index(&mut |_| {}).unwrap();
    hits += compare(&history, &ids, dice, queries);
    assert!(store.check(at(0)).unwrap().is_sound());
    prove::figure("search.queries", queries * 5);
    prove::figure("search.hits", hits);
    assert!(hits > queries * 5, "{hits}");
}

/// How many tasks a common character does not find although it should.
fn compare_one(history: &History, ids: &[TaskId]) -> usize {
    let query = Query { words: vec!["好".to_owned()], ..Query::default() };
    let all = everything(history, ids);
    scanned(&all, &query).len() - history.store.found_ids(&query).unwrap().len()
}

fn words(words: &[&str]) -> Query {
    Query { words: words.iter().map(|word| (*word).to_owned()).collect(), ..Query::default() }
}

#[test]
fn no_text_in_the_search_box_is_an_error() {
    let history = History::new();
    history.in_situation(Situation::Succeeded, "1");
    let long = "长".repeat(10_000);
    let odd =
        ["\"", "*", "(", ")", "^", "-", ":", "NEAR", "AND", "OR NOT", "\0", "''", "\\", "a\0b"];
    let odd =
        odd.into_iter().chain(["NEAR(a b)", "words:a", "“", "\u{e000}", "\u{e001}pdouyin", &long]);
    for text in odd {
        for query in [words(&[text]), words(&["作品", text]), words(&[&format!("作{text}品")])]
        {
            for order in SearchOrder::ALL {
                assert!(store_finds_nothing_odd(&history, &query, *order), "{text:?}");
            }
        }
        let filter = Filter { tags: vec![text.to_owned()], ..Filter::default() };
        let query = Query { filter, ..Query::default() };
        assert_eq!(history.store.found_ids(&query).unwrap(), [], "{text:?}");
    }
    let page = history.store.search(&words(&["作品"]), SearchOrder::Newest, Some("nonsense"), 5);
    assert_eq!(page.unwrap().hits.len(), 1, "begins anew");
}

fn store_finds_nothing_odd(history: &History, query: &Query, order: SearchOrder) -> bool {
    let all = everything(history, &[TaskId(1)]);
    let hits = history.store.search(query, order, None, 5).unwrap().hits;
    history.store.count_found(query).unwrap().count as usize == hits.len()
        && hits.len() == scanned(&all, query).len()
}

#[test]
fn a_hit_shows_where_the_words_stand() {
    let history = History::new();
    let store = &history.store;
    let id = history.in_situation(Situation::Succeeded, "7");
    store.save_note(id, "给妈妈看").unwrap();
    store.tag(&[id], &["家常菜".to_owned()], &[]).unwrap();
    store
        .save_text(id, &format!("{}\n今天做红烧肉，红烧肉不柴", "远".repeat(200)), at(50))
        .unwrap();
    let hit = |asked: &[&str]| {
        let page = store.search(&words(asked), SearchOrder::Newest, None, 5).unwrap();
        page.hits.into_iter().next().unwrap()
    };

    let found = hit(&["红烧肉"]);
    assert_eq!((found.count, found.title_marks.len()), (2, 0));
    let excerpt = found.excerpt.unwrap();
    assert_eq!(
        (excerpt.place, excerpt.version, excerpt.cut),
        (Place::Text, Some(2), (true, false))
    );
    assert!(excerpt.text.ends_with("今天做红烧肉，红烧肉不柴"), "{}", excerpt.text);
    assert_eq!(excerpt.marks.len(), 2);

    let older = hit(&["文案。"]).excerpt.unwrap();
    assert_eq!((older.place, older.version), (Place::Text, Some(1)));
    for (word, place) in [
        ("妈妈", Place::Note),
        ("小厨房", Place::Author),
        ("家常", Place::Tag),
        ("DOUYIN.com", Place::Link),
    ] {
        assert_eq!(hit(&[word]).excerpt.unwrap().place, place, "{word}");
    }
    let title = hit(&["服务商说"]);
    assert_eq!((title.title_marks, title.excerpt), (vec![(0, 4)], None));
    let of_link = hit(&["作品7"]).excerpt.unwrap();
    assert_eq!((of_link.place, of_link.version), (Place::Title, None), "what was shared");
    let all = store.search(&Query::default(), SearchOrder::Titles, None, 5).unwrap();
    assert_eq!((all.hits.len(), all.hits[0].count), (1, 0));
}

#[test]
fn a_broken_index_does_not_keep_a_result_from_being_written() {
    let history = History::new();
    let id = history.running("1");
    let sql = history.sql();
    sql.execute("UPDATE words_data SET block = x'00' WHERE id = 10", []).unwrap();
    drop(sql);
    let history = history.reopened();
    history.store.won(id, &won("1"), &answer("result"), at(30)).unwrap();
    assert_eq!(history.detail(id).transcripts.len(), 1);
    assert!(history.store.index_is_due().unwrap());

    history.store.rebuild_index(&mut |_| {}).unwrap();

    assert!(!history.store.index_is_due().unwrap());
    assert_eq!(history.store.found_ids(&words(&["作品1的文案"])).unwrap(), [id]);
}

#[test]
fn a_search_that_was_given_up_goes_on_where_it_stopped() {
    let history = History::new();
    let dice = &mut Dice(7);
    (0..100).for_each(|n| {
        grow(&history, dice, n);
    });
    let store = &history.store;
    let over = Effort::within(Duration::ZERO);
    // The index knows nothing of the first; of the second it knows too little.
    for asked in ["！", "今天 天", "没有任何地方的"] {
        let query = words(&[asked]);
        for order in SearchOrder::ALL {
            let (mut found, mut pages, mut after) = (Vec::new(), 0, None::<String>);
            loop {
                let page = store.search_with(&over, &query, *order, after.as_deref(), 50).unwrap();
                found.extend(page.hits.into_iter().map(|hit| hit.task.id));
                pages += 1;
                assert!(page.after != after || after.is_none(), "{asked}: it stands still");
                after = page.after;
                if after.is_none() {
                    break;
                }
            }
            let whole = store.search(&query, *order, None, 1000).unwrap().hits;
            assert_eq!(found, whole.iter().map(|hit| hit.task.id).collect::<Vec<_>>(), "{asked}");
            assert!(pages > 3 || asked != "！", "{pages}");
        }
    }
    let all = store.count_found(&words(&["！"])).unwrap();
    let some = store.count_found_with(&over, &words(&["！"])).unwrap();
    assert!(all.exact && !some.exact && some.count < all.count, "{all:?} {some:?}");
    // What the index knows takes no time.
    assert!(store.count_found_with(&over, &words(&["好"])).unwrap().exact);
}

#[test]
fn a_newer_question_stops_the_older_one() {
    let history = History::new();
    let dice = &mut Dice(7);
    (0..60).for_each(|n| {
        grow(&history, dice, n);
    });
    let (query, turns) = (words(&["！"]), Turns::default());
    let older = Effort::default().while_newest(turns.next());
    let count = |effort: &Effort| history.store.count_found_with(effort, &query).unwrap();
    assert!(count(&older).exact);
    let newer = Effort::default().while_newest(turns.next());
    assert!(!count(&older).exact && count(&newer).exact);
    let page = history.store.search_with(&older, &query, SearchOrder::Newest, None, 50).unwrap();
    assert!(page.hits.len() < 16 && page.after.is_some());
}
