//! Holds the tables of `docs/PROVIDERS.md` against the program: no endpoint without a row, no row without everything
//! that it names.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use shiwen_providers::services;
use shiwen_sandbox::Sandbox;

const PROGRAM: &str = env!("CARGO_BIN_EXE_shiwen-cli");
const COLUMNS: usize = 5;

/// The endpoint of a row: the provider, the method and the path.
type Key = (String, String, String);

/// A row with its cells behind the endpoint: function, route, use, test.
#[derive(Debug, Clone)]
struct Row {
    key: Key,
    cells: [String; COLUMNS - 1],
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn document() -> String {
    std::fs::read_to_string(root().join("docs/PROVIDERS.md")).unwrap()
}

/// The rows of all tables, each under a heading that names its provider in code.
fn rows(document: &str) -> Result<Vec<Row>, String> {
    let (mut provider, mut rows) = (None, Vec::new());
    for line in document.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            provider = coded(heading).first().cloned();
        }
        let Some(inner) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) else {
            continue;
        };
        let cells: Vec<&str> = inner.split('|').map(str::trim).collect();
        let [endpoint, rest @ ..] = cells.as_slice() else { continue };
        if *endpoint == "Endpoint" || endpoint.starts_with("---") {
            continue;
        }
        let cells: [&str; COLUMNS - 1] =
            rest.try_into().map_err(|_| format!("{endpoint} has not {COLUMNS} cells"))?;
        let provider = provider.clone().ok_or_else(|| format!("{endpoint} has no provider"))?;
        let (method, path) =
            endpoint.split_once(' ').ok_or_else(|| format!("{endpoint:?} is no endpoint"))?;
        let key = (provider, method.to_owned(), path.to_owned());
        rows.push(Row { key, cells: cells.map(str::to_owned) });
    }
    Ok(rows)
}

/// What stands in backticks.
fn coded(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every documented endpoint with the name of what calls it.
fn endpoints() -> BTreeMap<Key, &'static str> {
    let all = services().iter().flat_map(|service| {
        let id = service.card().id.to_string();
        service.endpoints().into_iter().map(move |endpoint| {
            let key = (id.clone(), endpoint.method.to_owned(), endpoint.path.to_owned());
            (key, endpoint.function)
        })
    });
    all.collect()
}

/// Everything that is wrong with the tables.
fn problems(document: &str) -> Vec<String> {
    let rows = match rows(document) {
        Ok(rows) => rows,
        Err(problem) => return vec![problem],
    };
    let (endpoints, routes) = (endpoints(), Sandbox::routes());
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &rows {
        let (provider, method, path) = &row.key;
        let mut problem = |text: String| problems.push(format!("{method} {path}: {text}"));
        if !seen.insert(&row.key) {
            problem("a second row".to_owned());
        }
        let Some(function) = endpoints.get(&row.key) else {
            problem(format!("no endpoint of {provider}"));
            continue;
        };
        if row.cells.iter().any(String::is_empty) {
            problem("an empty cell".to_owned());
            continue;
        }
        let [client, route, used, tests] = &row.cells;
        wrong_function(client, function).into_iter().for_each(&mut problem);
        match coded(route).as_slice() {
            [route]
                if routes.contains(route)
                    && route.starts_with(&format!("{provider} {method} ")) => {}
            _ => problem(format!("the sandbox has no route {route}")),
        }
        wrong_uses(used).into_iter().for_each(&mut problem);
        wrong_tests(tests).into_iter().for_each(&mut problem);
    }
    let missing = endpoints.keys().filter(|key| !seen.contains(key));
    problems.extend(missing.map(|(provider, method, path)| {
        format!("{method} {path}: no row for this endpoint of {provider}")
    }));
    problems
}

/// `file.rs::name` in the providers, and in brackets the endpoint's own name for it.
fn wrong_function(cell: &str, function: &str) -> Option<String> {
    let named = coded(cell);
    let [place] = named.as_slice() else { return Some(format!("{cell:?} names no function")) };
    let said = cell.rsplit_once('(').and_then(|(_, said)| said.strip_suffix(')'));
    if said != Some(function) {
        return Some(format!("the endpoint's function is {function:?}, not {said:?}"));
    }
    let there = place.split_once("::").is_some_and(|(file, name)| {
        let text = std::fs::read_to_string(root().join("crates/providers/src").join(file));
        text.is_ok_and(|text| has_function(&text, name))
    });
    (!there).then(|| format!("there is no client function {place}"))
}

/// Views that exist, and commands that the program has.
fn wrong_uses(cell: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for part in cell.split(", ") {
        let (kind, named) = part.split_once(' ').unwrap_or((part, ""));
        let named = coded(named);
        let [named] = named.as_slice() else {
            wrong.push(format!("{part:?} names neither a window nor a command"));
            continue;
        };
        let there = match kind {
            "window" => root().join("ui/src").join(named).is_file(),
            "command" => is_command(named),
            _ => false,
        };
        if !there {
            wrong.push(format!("there is no {kind} {named}"));
        }
    }
    wrong
}

/// Asks the program for the command's help. Words that are no command of their own would be arguments of another.
fn is_command(words: &str) -> bool {
    static KNOWN: LazyLock<std::sync::Mutex<BTreeMap<String, bool>>> =
        LazyLock::new(Default::default);
    if let Some(known) = KNOWN.lock().unwrap().get(words) {
        return *known;
    }
    let help = Command::new(PROGRAM).args(words.split(' ')).arg("--help").output().unwrap();
    let usage = String::from_utf8_lossy(&help.stdout).into_owned();
    let usage = usage.lines().find_map(|line| line.strip_prefix("Usage: shiwen-cli "));
    let is_one = help.status.success()
        && usage.is_some_and(|usage| {
            usage.strip_prefix(words).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
    KNOWN.lock().unwrap().insert(words.to_owned(), is_one);
    is_one
}

/// `path::name` of a test, from the root of the repository.
fn wrong_tests(cell: &str) -> Vec<String> {
    let named = coded(cell);
    if named.is_empty() {
        return vec![format!("{cell:?} names no test")];
    }
    let there = |test: &String| {
        test.split_once("::").is_some_and(|(file, name)| {
            let Ok(text) = std::fs::read_to_string(root().join(file)) else { return false };
            if file.ends_with(".ts") {
                return text.contains(&format!("'{name}'"));
            }
            is_test(&text, name)
        })
    };
    named
        .iter()
        .filter(|test| !there(test))
        .map(|test| format!("there is no test {test}"))
        .collect()
}

fn has_function(source: &str, name: &str) -> bool {
    source.contains(&format!("fn {name}(")) || source.contains(&format!("fn {name}<"))
}

/// Whether the function stands under a `#[test]` of some kind.
fn is_test(source: &str, name: &str) -> bool {
    let Some((before, _)) = source.split_once(&format!("fn {name}()")) else { return false };
    let attributes = before.rsplit_once("\n\n").map_or(before, |(_, last)| last);
    attributes.contains("#[test]") || attributes.contains("::test")
}

#[test]
fn every_endpoint_has_a_row_that_is_true() {
    let problems = problems(&document());
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn the_tables_have_all_documented_endpoints() {
    let counted =
        |id: &str| rows(&document()).unwrap().iter().filter(|row| row.key.0 == id).count();
    let counts = ["momoget", "transcriptgenerate", "coze", "rawugc", "jimeng"].map(counted);
    assert_eq!(counts, [3, 4, 3, 50, 2]);
}

#[test]
fn the_check_sees_every_kind_of_lie() {
    let document = document();
    let line = document.lines().find(|line| line.starts_with("| POST /personas |")).unwrap();
    let cells: Vec<&str> = line.split('|').collect();
    let with = |at: usize, cell: &str| {
        let mut cells = cells.clone();
        cells[at] = cell;
        document.replace(line, &cells.join("|"))
    };
    let second = format!("{line}\n{line}");
    for (lie, expected) in [
        (document.replace(&format!("{line}\n"), ""), "no row for this endpoint of rawugc"),
        (document.replace(line, &second), "a second row"),
        (with(1, " POST /people "), "no endpoint of rawugc"),
        (with(1, " PUT /personas "), "no endpoint of rawugc"),
        (document.replace("(`rawugc`)", "(`momoget`)"), "no endpoint of momoget"),
        (with(2, " "), "an empty cell"),
        (with(3, ""), "an empty cell"),
        (with(4, " "), "an empty cell"),
        (with(5, "  "), "an empty cell"),
        (with(2, " `rawugc.rs::call` (call personas list) "), "the endpoint's function is"),
        (with(2, " `rawugc.rs::phone` (call personas create) "), "no client function"),
        (with(2, " `raw.rs::call` (call personas create) "), "no client function"),
        (with(2, " (call personas create) "), "names no function"),
        (with(3, " `rawugc POST /people` "), "the sandbox has no route"),
        (with(3, " `momoget POST /coze/transcribe` "), "the sandbox has no route"),
        (with(3, " `rawugc GET /personas` "), "the sandbox has no route"),
        (with(4, " window `views/studio/Nowhere.svelte` "), "there is no window"),
        (with(4, " command `rawugc personas invent` "), "there is no command"),
        (with(4, " command `follow momoget` "), "there is no command"),
        (with(4, " somewhere "), "names neither a window nor a command"),
        (with(5, " none "), "names no test"),
        (with(5, " `crates/cli/tests/cli/library.rs::nothing_is_tested` "), "there is no test"),
        (with(5, " `crates/cli/tests/cli/nowhere.rs::a_test` "), "there is no test"),
        (with(5, " `crates/cli/tests/cli/library.rs::id` "), "there is no test"),
        (document.replace(line, "| POST /personas | one cell |"), "has not 5 cells"),
    ] {
        assert_ne!(lie, document, "{expected}");
        let found = problems(&lie);
        assert!(found.iter().any(|problem| problem.contains(expected)), "{expected}: {found:?}");
    }
}

/// What the window says about a provider before it has asked must be what the card says.
#[test]
fn the_windows_names_and_units_are_the_cards() {
    let names = std::fs::read_to_string(root().join("ui/src/lib/names.ts")).unwrap();
    for service in services() {
        let card = service.card();
        for expected in [card.name, card.unit.as_str()] {
            let line = format!("\n  {}: '{expected}',", card.id);
            assert!(names.contains(&line), "{line}");
        }
    }
}

#[test]
fn the_page_about_a_sixth_service_names_every_source_of_its_example() {
    let page = std::fs::read_to_string(root().join("docs/CONTRIBUTING.md")).unwrap();
    let (_, page) = page.split_once("## A sixth service").unwrap();
    let (page, _) = page.split_once("\n## ").unwrap();
    let named = coded(page);
    let mut sources = Vec::new();
    let crates = std::fs::read_dir(root().join("crates")).unwrap();
    let rooms = crates.map(|entry| entry.unwrap().path().join("src"));
    for folder in rooms.chain(["src-tauri/src", "ui/src", "ui/messages"].map(|it| root().join(it)))
    {
        collect(&folder, &mut sources);
    }
    assert!(sources.len() > 15, "{sources:?}");
    for source in sources {
        let is_named = |named: &String| {
            source == *named || (named.ends_with('/') && source.starts_with(named))
        };
        assert!(named.iter().any(is_named), "{source} is not named");
    }
    for place in named.iter().filter(|place| place.contains('/') && !place.contains(' ')) {
        assert!(root().join(place).exists(), "there is no {place}");
    }
}

/// Files that name the example, without tests and the invented data of the pages' own server.
fn collect(folder: &Path, sources: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        if name == "ui/src/dev" || name.ends_with(".test.ts") {
            continue;
        }
        if path.is_dir() {
            collect(&path, sources);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        if text.to_lowercase().contains("jimeng") || name.to_lowercase().contains("jimeng") {
            sources.push(name);
        }
    }
}
