//! The plugin's own work on a loopback endpoint, with a key that was made for this test and thrown away.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
};

use tauri::{
    App,
    test::{MockRuntime, mock_builder, mock_context, noop_assets},
};

use super::*;

const KEY: &str = "dW50cnVzdGVkIGNvbW1lbnQ6IG1pbmlzaWduIHB1YmxpYyBrZXk6IEY1MEUwQjgwQkJCQ0Y2OEUKUldTTzlyeTdnQXNPOWY0cy9uSTh0aTVRWnl5aTE2NE9rOFdVL3NKM01ML0RqRDZJemJIVFM2YU8K";
/// Of [`PACKAGE`] for the version 9.9.9, made with `tauri signer sign --app-version`.
const SIGNATURE: &str = "dW50cnVzdGVkIGNvbW1lbnQ6IHNpZ25hdHVyZSBmcm9tIHRhdXJpIHNlY3JldCBrZXkKUlVTTzlyeTdnQXNPOVo0Rk8vUWtZSEt0QVFERXEvV0U1cll1d21hVjl4VFRONUlBc0xHZGhkaEhzdHRFNktjeXcwT2F1dnVGQXcvLzZrUjZoZ05hMlhqbUZWZDB1UEtDbXdJPQp0cnVzdGVkIGNvbW1lbnQ6IHRpbWVzdGFtcDoxNzk1MTg5ODgxCWZpbGU6cGF5bG9hZC5iaW4JdmVyc2lvbjo5LjkuOQpjOGYvYWVBTmxNRURaR1NnajBpaGZFdEtHaFJXZ2thSHNBaEJrdDZRaVJTb1lKVGxUb2lSYnpMYkVRdm1KZ2ZSQmxqTjF0NkE1M0svblZ3ME90RHJCdz09Cg==";
/// An AppImage is one file, and an ELF one at that.
const PACKAGE: &[u8] = b"\x7fELF the new version of the program, as an AppImage is one file";
const SIGNED_FOR: &str = "9.9.9";

/// An endpoint that announces `version` and gives `package` for it.
fn endpoint(version: &str, package: &'static [u8]) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let release = serde_json::json!({
        "version": version,
        "notes": "更快了",
        "url": format!("http://{address}/package"),
        "signature": SIGNATURE,
    });
    let release = release.to_string().into_bytes();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut asked = [0; 4096];
            let length = stream.read(&mut asked).unwrap_or_default();
            let is_package = asked[..length].starts_with(b"GET /package ");
            let body = if is_package { package } else { &release };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    format!("http://{address}/latest.json").parse().unwrap()
}

/// Nobody answers there.
fn dead() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/latest.json", listener.local_addr().unwrap()).parse().unwrap()
}

struct Program {
    app: App<MockRuntime>,
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Program {
    fn new() -> Self {
        let mut context = mock_context(noop_assets());
        context.config_mut().plugins.0.insert("updater".to_owned(), settings(KEY, true));
        let plugin = tauri_plugin_updater::Builder::new().build();
        let app = mock_builder().plugin(plugin).build(context).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shiwen.AppImage");
        std::fs::write(&path, "the old version").unwrap();
        Self { app, _folder: folder, path }
    }

    async fn ask(&self, endpoints: Vec<Url>) -> Result<Option<Found>, Error> {
        ask(self.app.updater_builder().executable_path(&self.path), endpoints, "none").await
    }

    fn content(&self) -> Vec<u8> {
        read(&self.path)
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn a_signed_version_is_found_fetched_and_put_in_place() {
    let program = Program::new();
    // The first endpoint is down, so the second one is asked.
    let found = program.ask(vec![dead(), endpoint(SIGNED_FOR, PACKAGE)]).await.unwrap().unwrap();
    assert_eq!((found.version.as_str(), found.body.as_deref()), (SIGNED_FOR, Some("更快了")));
    let mut received = 0;
    let package = found.download(|length, _| received += length, || ()).await.unwrap();
    assert_eq!(received, PACKAGE.len());
    assert_eq!(program.content(), b"the old version");
    found.install(&package).unwrap();
    assert_eq!(program.content(), PACKAGE);
}

#[tokio::test]
async fn nothing_is_put_in_place_while_something_paid_is_on_its_way() {
    let program = Program::new();
    let found = program.ask(vec![endpoint(SIGNED_FOR, PACKAGE)]).await.unwrap().unwrap();
    let package = found.download(|_, _| (), || ()).await.unwrap();
    let left = std::cell::Cell::new(1_u32);
    let told = std::cell::RefCell::new(Vec::new());
    let count = || {
        assert_eq!(program.content(), b"the old version");
        left.replace(left.get().saturating_sub(1))
    };
    let tell = |running| told.borrow_mut().push(running);
    let close = async || assert_eq!(program.content(), b"the old version");
    put_in_place(found, package, count, tell, close).await.unwrap();
    assert_eq!(*told.borrow(), [1]);
    assert_eq!(program.content(), PACKAGE);
}

#[test]
fn where_nobody_can_say_what_is_on_its_way_something_is() {
    assert_eq!(on_its_way(None), 1);
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(on_its_way(Some(&store)), 0);
}

#[tokio::test]
async fn an_address_of_a_proxy_that_cannot_be_read_is_no_leave_to_go_without() {
    let program = Program::new();
    let builder = program.app.updater_builder().executable_path(&program.path);
    let asked = ask(builder, vec![endpoint(SIGNED_FOR, PACKAGE)], "http://").await;
    assert!(asked.is_err());
}

#[tokio::test]
async fn a_package_that_is_not_what_was_signed_is_refused() {
    let program = Program::new();
    let found = program.ask(vec![endpoint(SIGNED_FOR, b"\x7fELF something else")]).await;
    let refused = found.unwrap().unwrap().download(|_, _| (), || ()).await;
    assert!(matches!(refused, Err(Error::Minisign(_))), "{refused:?}");
    assert_eq!(program.content(), b"the old version");
}

#[tokio::test]
async fn an_old_version_cannot_be_passed_off_as_a_newer_one() {
    let program = Program::new();
    let found = program.ask(vec![endpoint("10.0.0", PACKAGE)]).await.unwrap().unwrap();
    assert!(found.download(|_, _| (), || ()).await.is_err());
    assert_eq!(program.content(), b"the old version");
}

#[tokio::test]
async fn what_is_no_newer_is_not_found_and_no_endpoint_is_an_error() {
    let program = Program::new();
    assert!(program.ask(vec![endpoint("0.0.1", PACKAGE)]).await.unwrap().is_none());
    assert!(program.ask(vec![dead(), dead()]).await.is_err());
}

#[test]
fn nothing_is_asked_while_a_version_is_on_its_way() {
    let loading = Update::Loading { version: SIGNED_FOR.to_owned(), received: 0.0, total: None };
    let waiting = Update::Waiting { version: SIGNED_FOR.to_owned(), running: 1 };
    let ready = Update::Ready { version: SIGNED_FOR.to_owned() };
    for busy in [Update::Off, Update::Owned, Update::Checking, loading, waiting, ready] {
        assert!(!may_check(&busy), "{busy:?}");
    }
    assert!(may_check(&Update::Current { checked_at: None }));
    assert!(may_check(&Update::Failed { page: String::new() }));
}
