//! The licences of the parts: most of them want their text to go with every copy of a program that they are in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::command::{answer, cargo, root, target};

/// Its name in the packages.
pub(crate) const NAME: &str = "THIRD-PARTY.txt";

/// What of the page's tools ends up in the page.
const OF_THE_PAGE: [&str; 4] = ["@tauri-apps/api", "clsx", "esm-env", "svelte"];

const HEAD: &str = "拾文所用组件的许可证\nThe licences of the parts that Shiwen is made with\n";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    manifest_path: PathBuf,
    /// None for what is ours.
    source: Option<String>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    /// None where the program itself needs it, not its tests or its build.
    kind: Option<String>,
}

/// A part, and the texts that go with it.
struct Part {
    name: String,
    license: String,
    texts: Vec<String>,
}

/// Writes the licences of all that is in this system's program, each text once, and answers where.
pub(crate) fn list() -> Result<PathBuf> {
    let mut parts = of_the_program()?;
    for name in OF_THE_PAGE {
        parts.push(of_the_page(&root().join("ui/node_modules").join(name))?);
    }
    let path = target().join("xtask").join(NAME);
    fs::create_dir_all(target().join("xtask"))?;
    fs::write(&path, written(&parts)).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// What has Tauri put the list into a package.
pub(crate) fn config(list: &Path) -> String {
    let quoted = list.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    format!(r#"{{"bundle":{{"resources":{{"{quoted}":"{NAME}"}}}}}}"#)
}

fn of_the_program() -> Result<Vec<Part>> {
    let version = answer(std::process::Command::new("rustc").arg("-vV")).context("no rustc")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("no host")?;
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
    let said = answer(&mut cargo(arguments)).context("cargo tells no metadata")?;
    let metadata: Metadata = serde_json::from_str(&said)?;
    let packages: HashMap<&str, &Package> =
        metadata.packages.iter().map(|package| (package.id.as_str(), package)).collect();
    let nodes: HashMap<&str, &Node> =
        metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let first = packages.values().find(|package| package.name == "shiwen").context("no shiwen")?;
    let mut wanted = BTreeSet::from([first.id.as_str()]);
    let mut next = vec![first.id.as_str()];
    while let Some(node) = next.pop().and_then(|id| nodes.get(id)) {
        for dependency in &node.deps {
            let package = packages.get(dependency.pkg.as_str()).context("an unknown package")?;
            let is_in_it = dependency.dep_kinds.iter().any(|it| it.kind.is_none())
                && !package
                    .targets
                    .iter()
                    .any(|it| it.kind.iter().any(|kind| kind == "proc-macro"));
            if is_in_it && wanted.insert(&package.id) {
                next.push(&package.id);
            }
        }
    }
    let theirs = wanted.iter().map(|id| packages[id]).filter(|package| package.source.is_some());
    theirs
        .map(|package| {
            let folder = package.manifest_path.parent().context("a manifest without a folder")?;
            let license = package.license.clone().unwrap_or_else(|| "see its text".to_owned());
            let name = format!("{} {}", package.name, package.version);
            Ok(Part { name, texts: texts(folder, &license)?, license })
        })
        .collect()
}

fn of_the_page(folder: &Path) -> Result<Part> {
    #[derive(Deserialize)]
    struct Manifest {
        name: String,
        version: String,
        license: String,
    }
    let manifest = folder.join("package.json");
    let manifest = fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let Manifest { name, version, license } = serde_json::from_str(&manifest)?;
    let texts = texts(folder, &license)?;
    ensure!(!texts.is_empty(), "{name} has no licence's text");
    Ok(Part { name: format!("{name} {version}"), license, texts })
}

/// The texts in a part's folder. Where it lets us choose and MIT is among the choices, that one alone.
fn texts(folder: &Path, license: &str) -> Result<Vec<String>> {
    let mut files: Vec<(String, PathBuf)> = fs::read_dir(folder)?
        .flatten()
        .filter(|file| file.path().is_file())
        .map(|file| (file.file_name().to_string_lossy().to_lowercase(), file.path()))
        .filter(|(name, _)| {
            ["license", "licence", "copying", "notice"].iter().any(|it| name.starts_with(it))
        })
        .collect();
    files.sort();
    let chosen = |name: &str| name.contains("mit") || name.starts_with("notice");
    if license.contains(" OR ") && files.iter().any(|(name, _)| name.contains("mit")) {
        files.retain(|(name, _)| chosen(name));
    }
    let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
    files.iter().map(|(_, path)| Ok(String::from_utf8_lossy(&read(path)?).into_owned())).collect()
}

/// Each text once, under the parts that it is of; then those that only name their licence.
fn written(parts: &[Part]) -> String {
    let mut by_text: BTreeMap<String, (Vec<String>, &str)> = BTreeMap::new();
    let mut without = Vec::new();
    for part in parts {
        let told = format!("{} ({})", part.name, part.license);
        for text in &part.texts {
            let same = text.split_whitespace().collect::<Vec<_>>().join(" ");
            by_text.entry(same).or_insert_with(|| (Vec::new(), text)).0.push(told.clone());
        }
        if part.texts.is_empty() {
            without.push(told);
        }
    }
    let mut said = HEAD.to_owned();
    for (names, text) in by_text.values() {
        let line = "=".repeat(80);
        let _ = write!(said, "\n{line}\n{}\n\n{}\n", names.join("\n"), text.trim_end());
    }
    if !without.is_empty() {
        let _ = write!(
            said,
            "\n{}\nWith no text of their own:\n{}\n",
            "=".repeat(80),
            without.join("\n")
        );
    }
    said
}

#[cfg(test)]
mod tests {
    use super::{Part, config, texts, written};

    #[test]
    fn a_text_that_several_parts_have_is_written_once() {
        let part = |name: &str, text: &str| Part {
            name: name.to_owned(),
            license: "MIT".to_owned(),
            texts: if text.is_empty() { Vec::new() } else { vec![text.to_owned()] },
        };
        let said = written(&[
            part("one 1.0", "Do what\nyou want."),
            part("two 2.0", "Do  what you\nwant.\n"),
            part("three 3.0", "Another."),
            part("four 4.0", ""),
        ]);
        assert_eq!(said.matches("Do what\nyou want.").count(), 1);
        assert!(said.contains("one 1.0 (MIT)\ntwo 2.0 (MIT)\n\nDo what"), "{said}");
        assert!(said.contains("three 3.0 (MIT)\n\nAnother."), "{said}");
        assert!(said.ends_with("With no text of their own:\nfour 4.0 (MIT)\n"), "{said}");
    }

    #[test]
    fn where_there_is_a_choice_it_is_mit() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        for name in ["LICENSE-MIT", "LICENSE-APACHE", "NOTICE", "README.md"] {
            std::fs::write(folder.path().join(name), name)?;
        }
        assert_eq!(texts(folder.path(), "MIT OR Apache-2.0")?, ["LICENSE-MIT", "NOTICE"]);
        let all = ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"];
        assert_eq!(texts(folder.path(), "MIT AND Apache-2.0")?, all);
        Ok(())
    }

    #[test]
    fn what_is_told_to_tauri_is_json_on_windows_too() {
        let said = config(std::path::Path::new(r"C:\a\THIRD-PARTY.txt"));
        let read: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(read["bundle"]["resources"][r"C:\a\THIRD-PARTY.txt"], "THIRD-PARTY.txt");
    }
}
