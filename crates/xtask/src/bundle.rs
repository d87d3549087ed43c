//! `bundle`: the installers of this system. Others are made on their own systems, by the release workflow.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::{program, run, target};
use crate::{parts, release, setup, tools};

#[cfg(target_os = "linux")]
const BUNDLES: &str = "deb,rpm";
#[cfg(target_os = "macos")]
const BUNDLES: &str = "dmg";
#[cfg(windows)]
const BUNDLES: &str = "nsis";

/// Bytes that the package for Debian may have.
const LARGEST_DEB: u64 = 6_000_000;

/// Brings WebView2 along, for machines without a network.
const OFFLINE: &str = "src-tauri/packaging/tauri.offline.conf.json";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which, separated by commas: deb, rpm, appimage; nsis; dmg. By default what can be made without a network
    #[arg(long, default_value = BUNDLES)]
    bundles: String,
    /// On Windows: with WebView2 inside instead of fetching it when it is missing
    #[arg(long)]
    offline: bool,
}

pub(crate) fn bundle(arguments: &Arguments) -> Result<()> {
    setup::provide(false)?;
    eprintln!("bundle: release build");
    release::build()?;
    let mut configs = vec![parts::config(&parts::list()?)];
    if arguments.offline {
        configs.push(OFFLINE.to_owned());
    }
    if let Some((key, endpoints)) = release::updater()? {
        configs.push(signed(&key, &endpoints));
    }
    eprintln!("bundle: {}", arguments.bundles);
    let mut make = program(tools::tauri()?);
    make.args(["bundle", "--ci", "--bundles", &arguments.bundles]);
    for config in configs {
        make.args(["--config", &config]);
    }
    run(&mut make)?;
    if arguments.bundles.split(',').any(|bundle| bundle == "deb") {
        let deb = deb("release")?;
        pack_tighter(&deb)?;
        let size = fs::metadata(deb)?.len();
        ensure!(size <= LARGEST_DEB, "the .deb has {size} bytes, {LARGEST_DEB} are allowed");
        println!("size.deb {size} bytes");
    }
    println!("size.binary {} bytes", release::size()?);
    eprintln!("bundle: see {}", target().join("release/bundle").display());
    Ok(())
}

/// The package for Debian that was made last of the programs of `profile`.
pub(crate) fn deb(profile: &str) -> Result<PathBuf> {
    let folder = target().join(profile).join("bundle/deb");
    let made = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    let files = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
    let debs = files.flatten().map(|file| file.path());
    debs.filter(|path| path.extension().is_some_and(|ending| ending == "deb"))
        .max_by_key(|path| made(path))
        .with_context(|| format!("there is no .deb in {}", folder.display()))
}

/// Tauri packs with gzip; xz, which every dpkg reads, is a quarter smaller.
fn pack_tighter(deb: &Path) -> Result<()> {
    let content = tempfile::tempdir()?;
    let folder = content.path().join("content");
    run(program("dpkg-deb").arg("--raw-extract").arg(deb).arg(&folder))?;
    // Of another file than the one that will be there. The updater never serves this package.
    let signature = deb.with_added_extension("sig");
    if signature.exists() {
        fs::remove_file(signature)?;
    }
    run(program("dpkg-deb").args(["-Zxz", "--root-owner-group", "--build"]).arg(&folder).arg(deb))
}

/// What makes Tauri sign each package for the updater, with the key in `TAURI_SIGNING_PRIVATE_KEY`.
fn signed(key: &str, endpoints: &[String]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let endpoints: Vec<_> = endpoints.iter().map(|one| quoted(one)).collect();
    format!(
        r#"{{"bundle":{{"createUpdaterArtifacts":true}},"plugins":{{"updater":{{"pubkey":{},"endpoints":[{}]}}}}}}"#,
        quoted(key),
        endpoints.join(",")
    )
}

#[cfg(test)]
mod tests {
    use super::signed;

    #[test]
    fn what_is_told_to_tauri_is_json_whatever_the_key_holds() {
        let said =
            signed("a\"b\\", &["https://one.example/x.json".into(), "https://two.example".into()]);
        assert_eq!(
            said,
            r#"{"bundle":{"createUpdaterArtifacts":true},"plugins":{"updater":{"pubkey":"a\"b\\","endpoints":["https://one.example/x.json","https://two.example"]}}}"#
        );
    }
}
