//! Holds both halves of the README against the program: the providers and their hosts, and the commands.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{collections::BTreeSet, path::Path, process::Command};

use shiwen_providers::{Card, services};

/// The Chinese half and the English one.
fn halves() -> [String; 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let (chinese, english) = text.split_once("\n# English\n").unwrap();
    [chinese.to_owned(), english.to_owned()]
}

/// What stands in backticks.
fn coded(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The hosts that a provider's API has; none where only the user knows it. The choices of a site are the ends of its
/// names.
fn hosts(card: &Card) -> BTreeSet<String> {
    let Some(host) = card.base_url.split('/').nth(2) else { return BTreeSet::new() };
    match card.field("site") {
        None => BTreeSet::from([host.to_owned()]),
        Some(site) => {
            let (name, _) = host.rsplit_once('.').unwrap();
            site.choices.iter().map(|end| format!("{name}.{end}")).collect()
        }
    }
}

/// What is wrong with the table of providers in a half.
fn wrong_providers(half: &str) -> Vec<String> {
    let rows: Vec<Vec<&str>> = half
        .lines()
        .skip_while(|line| !(line.starts_with('|') && line.contains("| --- | --- | --- |")))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let mut wrong = Vec::new();
    if rows.len() != services().len() {
        wrong.push(format!("{} rows for {} providers", rows.len(), services().len()));
    }
    for card in services().iter().map(|service| service.card()) {
        let Some(row) = rows.iter().find(|row| row[0].contains(card.name)) else {
            wrong.push(format!("{} is missing", card.name));
            continue;
        };
        let said: BTreeSet<String> =
            coded(row.last().unwrap()).into_iter().map(str::to_owned).collect();
        if said != hosts(card) {
            wrong.push(format!("{} is at {:?}, not {said:?}", card.name, hosts(card)));
        }
    }
    wrong
}

#[test]
fn both_halves_name_every_provider_with_its_hosts() {
    for half in halves() {
        assert_eq!(wrong_providers(&half), [""; 0]);
    }
}

#[test]
fn the_check_sees_providers_that_are_missing_and_hosts_that_are_wrong() {
    for half in halves() {
        let row = half.lines().find(|line| line.starts_with("| RawUGC")).unwrap();
        for (lie, expected) in [
            (half.replace(&format!("{row}\n"), ""), "RawUGC is missing"),
            (half.replace("`rawugc.com`", "`www.rawugc.com`"), "RawUGC is at"),
            (half.replace("`api.coze.com`", "`api.coze.cn`"), "Coze is at"),
            (
                half.replace(row, &format!("{row}\n| Acme | all | a key | `acme.example` |")),
                "6 rows",
            ),
        ] {
            let wrong = wrong_providers(&lie);
            assert!(wrong.iter().any(|wrong| wrong.contains(expected)), "{expected}: {wrong:?}");
        }
    }
}

#[test]
fn both_halves_name_every_command_and_begin_with_the_two_of_the_repository() {
    let help = Command::new(env!("CARGO_BIN_EXE_shiwen-cli")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let commands: Vec<&str> = list
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() > 10, "{help}");
    for half in halves() {
        // Fences count as three marks, which would shift what is code.
        let prose = half.replace("```", "");
        let named: BTreeSet<&str> =
            coded(&prose).iter().filter_map(|code| code.split(' ').next()).collect();
        for command in &commands {
            assert!(named.contains(command), "{command}");
        }
        let (_, first) = half.split_once("```sh\n").unwrap();
        let (first, _) = first.split_once("```").unwrap();
        let starts: Vec<&str> = first.lines().filter_map(|line| line.get(..16)).collect();
        assert_eq!(starts, ["cargo xtask run ", "cargo xtask test"]);
    }
}
