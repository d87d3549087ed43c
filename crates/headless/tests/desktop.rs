//! The session itself, with real programs in it.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::{self, Write};
use std::process::Stdio;

use shiwen_headless::Desktop;

#[test]
fn what_one_program_copies_another_can_paste() -> io::Result<()> {
    let desktop = Desktop::start()?;
    desktop.set_clipboard("拾文 ✂")?;
    assert_eq!(desktop.clipboard()?, "拾文 ✂");
    Ok(())
}

#[test]
fn an_unlocked_keychain_keeps_a_secret() -> io::Result<()> {
    let mut desktop = Desktop::start()?;
    desktop.unlock_keychain()?;

    let mut store = desktop.command("secret-tool");
    store.args(["store", "--label=test", "where", "here"]).stdin(Stdio::piped());
    let mut store = store.spawn()?;
    if let Some(mut input) = store.stdin.take() {
        input.write_all(b"hidden")?;
    }
    assert!(store.wait()?.success());

    let found = desktop.command("secret-tool").args(["lookup", "where", "here"]).output()?;
    assert_eq!(String::from_utf8_lossy(&found.stdout), "hidden");
    Ok(())
}

#[test]
fn nothing_outlives_the_session() -> io::Result<()> {
    let mut desktop = Desktop::start()?;
    desktop.unlock_keychain()?;
    let home = desktop.home().to_owned();
    drop(desktop);

    assert!(!home.exists());
    let mentions_home = |process: fs::DirEntry| {
        let environment = fs::read(process.path().join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&*home.to_string_lossy())
    };
    assert!(!fs::read_dir("/proc")?.flatten().any(mentions_home));
    Ok(())
}
