//! Searching a large history while typing.

use std::{io, thread, time::Duration};

use serde_json::{Value, json};

use crate::app::{App, SOON, by};
use crate::large::{PLANTED, PLANTED_AT, PLANTED_EVERY, TASKS, large_world, number_in, row_at};
use crate::until::until;
use crate::world::World;

/// Words of two characters: from such that nearly every text has to such that few have.
const WORDS: [&str; 12] = [
    "大家", "今天", "视频", "分钟", "核心", "高铁", "手机", "基金", "插座", "咖啡", "红薯", "竹简",
];

/// Between two keys: 25 a second, more than anyone types. An input method brings both characters of a word at once.
const GAP: Duration = Duration::from_millis(40);

/// From the last key to the frame behind the one that shows a mark in every row of what stands in the box.
const WATCH: &str = "const box = document.querySelector(arguments[0]);\
    window.__typed = { last: 0, shown: null, word: null };\
    const typed = window.__typed;\
    box.addEventListener('keydown', event => { typed.last = event.timeStamp; typed.shown = null }, true);\
    const look = () => {\
      if (typed.shown !== null || typed.word === null || box.value !== typed.word) return;\
      const hits = document.querySelector(arguments[1] + '[data-for=\"' + typed.word + '\"]');\
      const rows = hits === null ? [] : [...hits.querySelectorAll(arguments[2])];\
      const marked = row => [...row.querySelectorAll('mark')].some(mark => mark.textContent.includes(typed.word));\
      if (rows.length < 5 || !rows.every(marked)) return;\
      typed.shown = Infinity;\
      const last = typed.last;\
      requestAnimationFrame(() => { const channel = new MessageChannel();\
        channel.port1.onmessage = () => { if (typed.last === last) typed.shown = performance.now() };\
        channel.port2.postMessage(null) }) };\
    new MutationObserver(look).observe(document.body,\
      { subtree: true, childList: true, characterData: true, attributes: true })";

#[test]
fn search_as_you_type_marks_what_is_found_at_once() -> io::Result<()> {
    let world = large_world()?;
    let app = world.with_rows()?;
    let names = [by("search-box"), by("hits"), by("task-row")].map(|name| json!(name));
    app.run(WATCH, &names)?;

    // The first searches warm everything and are not counted.
    for word in &WORDS[..2] {
        typed(&app, word, Some(GAP))?;
    }
    // The harness says the name of the test first, and ends no line there.
    println!();
    for (figure, gap) in [("typed_to_marked", Some(GAP)), ("both_keys_at_once_to_marked", None)] {
        let mut times = Vec::new();
        for word in WORDS.iter().chain([&PLANTED]) {
            times.push(typed(&app, word, gap)?);
        }
        times.sort_by(f64::total_cmp);
        println!("window.{figure}.p50 {:.1} ms", times[times.len() / 2]);
        println!("window.{figure}.p95 {:.1} ms", times[(times.len() * 95).div_ceil(100) - 1]);
        println!("window.{figure}.words {} words", times.len());
    }

    // What stands there is right: the planted word is in no other task.
    let count = app.read(&by("count"), SOON, |text| number_in(text) > 0)?;
    let found = number_in(&count);
    let most = TASKS / PLANTED_EVERY;
    assert!((most * 9 / 10..=most).contains(&found), "{count}");
    let drawn = until("all hits to be here", SOON, || app.drawn())?;
    let ids: Vec<u64> = drawn.iter().map(|(_, id)| *id).collect();
    assert!(ids.len() >= 5 && ids.iter().all(|id| id % PLANTED_EVERY == PLANTED_AT), "{ids:?}");
    assert!(ids.windows(2).all(|pair| pair[0] > pair[1]), "the newest first: {ids:?}");
    // Those in between have no text that could hold it.
    let newest = (0..).map(|n| TASKS - PLANTED_EVERY + PLANTED_AT - n * PLANTED_EVERY);
    for id in newest.take_while(|id| id >= &ids[ids.len() - 1]).filter(|id| !ids.contains(id)) {
        assert_ne!(app.call("task", json!({ "id": id }))?["task"]["state"], "succeeded", "{id}");
    }
    Ok(())
}

/// Types a word of two characters and answers how long its marked rows took to stand there. Without a gap the driver
/// presses both keys before the page has heard of the first, so that all it does for the first is counted, too.
fn typed(app: &App<'_>, word: &str, gap: Option<Duration>) -> io::Result<f64> {
    app.clear_search()?;
    app.run("window.__typed.word = arguments[0]; window.__typed.shown = null", &[json!(word)])?;
    match gap {
        Some(gap) => {
            for key in word.chars() {
                app.type_into(&by("search-box"), key.encode_utf8(&mut [0; 4]))?;
                thread::sleep(gap);
            }
        }
        None => app.type_into(&by("search-box"), word)?,
    }
    until(&format!("{word} to be marked"), SOON, || {
        let typed = app.run("return window.__typed", &[])?;
        let time = typed["shown"].as_f64().zip(typed["last"].as_f64());
        Ok(time.map(|(shown, last)| shown - last))
    })
    .map_err(|err| app.failed(err))
}

#[test]
fn words_that_nothing_has_and_filters_as_words_are_answered() -> io::Result<()> {
    let world = large_world()?;
    let app = world.with_rows()?;

    app.type_into(&by("search-box"), "绝无此言")?;
    let said = app.read(&by("no-hits"), SOON, |text| !text.is_empty())?;
    assert!(said.contains("绝无此言"), "{said}");
    assert_eq!(app.count(&by("task-row"))?, 0);

    app.search("平台:bilibili 状态:失败")?;
    app.see(&row_at(0), SOON)?;
    let drawn = until("the hits", SOON, || app.drawn())?;
    for (_, id) in drawn.iter().take(6) {
        let task = &app.call("task", json!({ "id": id }))?["task"];
        assert_eq!(
            (&task["link"]["platform"], &task["state"]),
            (&json!("bilibili"), &json!("failed"))
        );
    }
    // 15 in a hundred are of that platform, 3 in a hundred failed.
    let count = app.read(&by("count"), SOON, |text| number_in(text) > 0)?;
    assert!((350..550).contains(&number_in(&count)), "{count}");

    // With a word besides: all of both.
    app.search(&format!("{PLANTED} 平台:bilibili"))?;
    app.see(&row_at(0), SOON)?;
    let drawn = until("the hits", SOON, || app.drawn())?;
    assert!(drawn.iter().all(|(_, id)| id % PLANTED_EVERY == PLANTED_AT), "{drawn:?}");
    let task = app.call("task", json!({ "id": drawn[0].1 }))?;
    assert_eq!(task["task"]["link"]["platform"], "bilibili");

    // A part that looks like a filter and is none is said to be searched for as a word.
    app.clear_search()?;
    app.type_into(&by("search-box"), "平台:火星")?;
    let said = app.read(&by("unknown-filter"), SOON, |text| !text.is_empty())?;
    assert!(said.contains("平台:火星"), "{said}");
    Ok(())
}

#[test]
fn scrolling_to_the_end_of_a_large_history_and_back_shows_the_right_rows_and_days() -> io::Result<()>
{
    let world = large_world()?;
    let app = world.with_rows()?;
    assert_eq!(app.total()?, TASKS);
    assert_eq!(app.see_right_rows(0)?[0].0, 0);

    app.click(&row_at(0))?;
    const END: &str = "\u{e010}";
    const HOME: &str = "\u{e011}";
    app.type_into(&row_at(0), END)?;
    let last = app.see_right_rows(TASKS - 1)?;
    assert_eq!(last.last().map(|(row, _)| *row), Some(TASKS - 1));
    day_at_top_is_right(&app)?;

    // By the scroll bar, anywhere.
    for share in [0.83, 0.5, 0.127, 0.951] {
        let script = "const box = document.querySelector('[data-testid=rows]').closest('.scroll');\
             box.scrollTop = arguments[0] * (box.scrollHeight - box.clientHeight)";
        app.run(script, &[json!(share)])?;
        let about = (share * TASKS as f64) as u64;
        until(&format!("rows around {about}"), SOON, || {
            let drawn = app.drawn()?;
            Ok(drawn.filter(|rows| rows[0].0.abs_diff(about) < TASKS / 50).map(drop))
        })
        .map_err(|err| app.failed(err))?;
        let row = until("the rows", SOON, || app.drawn())?[1].0;
        app.see_right_rows(row)?;
        day_at_top_is_right(&app)?;
    }
    println!();
    println!("window.scroll_frame.p95 {:.1} ms", frames(&app)?);

    app.run("document.querySelector(arguments[0])?.focus()", &[json!(visible_row())])?;
    app.type_into(&visible_row(), HOME)?;
    assert_eq!(app.see_right_rows(0)?[0].0, 0);
    assert_eq!(app.total()?, TASKS);
    Ok(())
}

/// Any row that is drawn where it can be seen.
fn visible_row() -> String {
    format!("{} > [data-row]:not(.away):nth-child(6) {} a", by("rows"), by("task-row"))
}

/// Scrolls as a wheel does for two seconds; answers what 95 of 100 frames took at most.
fn frames(app: &App<'_>) -> io::Result<f64> {
    let script = "const box = document.querySelector('[data-testid=rows]').closest('.scroll');\
         const times = []; let before = performance.now(); const begin = before;\
         return await new Promise(done => requestAnimationFrame(function next(now) {\
           times.push(now - before); before = now;\
           if (now - begin > 2000) { times.sort((a, b) => a - b); done(times[Math.floor(times.length * 0.95)]); return }\
           box.scrollTop += 53; requestAnimationFrame(next) }))";
    Ok(app.run_async(script, &[])?.as_f64().unwrap_or(f64::NAN))
}

/// The day that stays at the top is that of the first row under it.
fn day_at_top_is_right(app: &App<'_>) -> io::Result<()> {
    let script = "const box = document.querySelector('[data-testid=rows]').closest('.scroll');\
         const edge = box.getBoundingClientRect().top;\
         const rows = [...box.querySelectorAll('[data-testid=rows] > [data-row]:not(.away)')];\
         const first = rows.find(row => row.getBoundingClientRect().bottom > edge + 1);\
         const at = new Date(first.querySelector('time').dateTime);\
         return [box.querySelector('.head').innerText, (at.getMonth() + 1) + '月' + at.getDate() + '日',\
           first.querySelector('time').innerText]";
    until("the day at the top", SOON, || {
        let said: Vec<String> =
            serde_json::from_value(app.run(script, &[])?).map_err(io::Error::other)?;
        let named = ["今天", "昨天"].iter().any(|word| said[0].contains(word));
        Ok((said[0].contains(&said[1]) || named).then_some(()))
    })
    .map_err(|err| app.failed(err))
}

#[test]
fn the_place_in_the_list_is_kept_when_a_new_task_arrives() -> io::Result<()> {
    let world = large_world()?;
    let app = world.with_rows()?;
    let script = "const box = document.querySelector('[data-testid=rows]').closest('.scroll');\
         box.scrollTop = 40000";
    app.run(script, &[])?;
    until("rows further down", SOON, || Ok(app.drawn()?.filter(|rows| rows[0].0 > 100).map(drop)))?;
    let place = settled(&app)?;

    order(&world, &app, "sb-ok")?;
    until("the history to hold it", SOON, || Ok((app.total()? == TASKS + 1).then_some(())))?;
    app.run("return 0", &[])?;
    let after = until("the rows to have moved on by one", SOON, || {
        let after = settled(&app)?;
        Ok((after["row"].as_u64() == place["row"].as_u64().map(|row| row + 1)).then_some(after))
    })
    .map_err(|err| app.failed(err))?;
    assert_eq!(after["id"], place["id"], "another task stands there");
    let moved =
        after["top"].as_f64().unwrap_or(f64::NAN) - place["top"].as_f64().unwrap_or(f64::NAN);
    assert!(moved.abs() < 1.5, "moved by {moved} pixels");

    app.run("document.querySelector('[data-testid=rows]').closest('.scroll').scrollTop = 0", &[])?;
    let rows = app.see_right_rows(0)?;
    assert!(rows[0].1 > TASKS, "the new one is first: {rows:?}");
    Ok(())
}

/// The first whole row in view: its task, its place in the list and its place on screen, once nothing moves any more.
fn settled(app: &App<'_>) -> io::Result<Value> {
    let script = "const box = document.querySelector('[data-testid=rows]').closest('.scroll');\
         const edge = box.getBoundingClientRect().top;\
         const rows = [...box.querySelectorAll('[data-testid=rows] > [data-row]:not(.away)')];\
         const first = rows.find(row => row.getBoundingClientRect().top >= edge);\
         return { row: Number(first.dataset.row), id: first.querySelector('[data-id]')?.dataset.id ?? null,\
           top: first.querySelector('a').getBoundingClientRect().top - edge }";
    until("the list to rest", SOON, || {
        let before = app.run(script, &[])?;
        thread::sleep(Duration::from_millis(300));
        let after = app.run(script, &[])?;
        Ok((before == after && !after["id"].is_null()).then_some(after))
    })
}

fn order(_: &World, app: &App<'_>, code: &str) -> io::Result<()> {
    let submission = json!({
        "share_text": format!("看看 https://v.douyin.com/{code}/"),
        "urls": [format!("https://v.douyin.com/{code}/")],
        "again": [], "provider": "momoget", "operation": "transcribe", "target_language": null,
        "input": {}, "together": false, "then": [],
    });
    app.call("create_tasks", json!({ "submission": submission })).map(drop)
}
