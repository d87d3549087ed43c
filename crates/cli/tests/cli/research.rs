//! Searches, plans and the library of viral videos.

use crate::stage::Stage;

#[test]
fn what_a_search_found_becomes_a_plan() {
    let stage = Stage::without_limit();
    let found = stage.json(&["rawugc", "scrape", "--query", "阳台种菜", "--set", "limit=3"]);
    assert_eq!(found["output"]["videos"].as_array().unwrap().len(), 3);
    let scrape = found["output"]["scrape_id"].as_str().unwrap();
    let plan = stage.json(&["rawugc", "plan", "--scrape", scrape, "--brief", "卖竹竿"]);
    assert_eq!(plan["output"]["kind"], "plan");
    assert!(!plan["output"]["blueprints"].as_array().unwrap().is_empty());

    let plans = stage.json(&["rawugc", "plans", "list"]);
    assert_eq!(plans["items"][0]["id"], plan["output"]["plan_id"]);
    // They are tasks, so the history shows them for good.
    let shown = stage.ok(&["show", &plan["task"]["id"].to_string()]);
    assert!(shown.contains(plan["output"]["plan_id"].as_str().unwrap()), "{shown}");
    assert_eq!(stage.json(&["tasks", "--desk", "research"])["total"], 2);
}

#[test]
fn a_search_with_a_fault_costs_nothing() {
    let stage = Stage::without_limit();
    for (arguments, words) in [
        (&["rawugc", "scrape"][..], "query"),
        (&["rawugc", "scrape", "--query", "x", "--set", "limit=11"], "limit"),
        (&["rawugc", "plan", "--brief", "x"], "scrapeId"),
    ] {
        let (code, said) = stage.fails(arguments);
        assert!(code == 2 && said.contains(words), "{said}");
    }
    assert_eq!(stage.paid("rawugc"), 0);
    let (code, _) = stage.fails(&["rawugc", "plan", "--scrape", "scr_1", "--brief", "x"]);
    assert_eq!(code, 4);
}

#[test]
fn the_viral_library_is_searched_and_read() {
    let stage = Stage::without_limit();
    let found =
        stage.json(&["rawugc", "viral", "search", "--set", "q=kitchen", "--set", "limit=2"]);
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
    let id = found["items"][0]["id"].as_str().unwrap();
    let video = stage.json(&["rawugc", "viral", "get", id]);
    assert_eq!(video["items"][0]["title"], found["items"][0]["title"]);
}
