//! The session itself, with real programs in it.
#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use shiwen_headless::Desktop;
use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::Value;

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
fn the_notification_service_keeps_what_it_is_given_and_can_be_clicked() -> io::Result<()> {
    let desktop = Desktop::start()?;
    let notices = desktop.notifications()?;
    let program = program(&desktop)?;
    let service = "org.freedesktop.Notifications";
    let service = proxy(&program, service, "/org/freedesktop/Notifications", service)?;
    let mut clicks = service.receive_signal("ActionInvoked").map_err(io::Error::other)?;

    let notify = |replaces: u32, title: &str| {
        let hints = HashMap::from([("sound-name", Value::from("bell"))]);
        let notice =
            ("拾文", replaces, "", title, "632 字", ["default", "打开"].as_slice(), hints, -1_i32);
        service.call::<_, _, u32>("Notify", &notice).map_err(io::Error::other)
    };
    let first = notify(0, "一")?;
    assert_ne!(notify(0, "二")?, first);
    assert_eq!(notify(first, "三")?, first);

    let shown = notices.shown();
    let titles: Vec<&str> = shown.iter().map(|notice| notice.title.as_str()).collect();
    assert_eq!(titles, ["三", "二"]);
    assert_eq!((shown[0].program.as_str(), shown[0].body.as_str()), ("拾文", "632 字"));
    assert!(shown[0].sound && shown[0].actions == ["default"], "{shown:?}");
    notices.click(&shown[0], "default").map_err(io::Error::other)?;
    let click = clicks.next().map(|click| click.body().deserialize::<(u32, String)>());
    assert_eq!(click.transpose().map_err(io::Error::other)?, Some((first, "default".to_owned())));
    Ok(())
}

#[test]
fn the_tray_reads_and_clicks_the_menu_of_a_program_until_it_ends() -> io::Result<()> {
    let desktop = Desktop::start()?;
    let tray = desktop.tray()?;
    assert_eq!(tray.menu().map_err(io::Error::other)?, []);
    let clicked = std::sync::Arc::default();
    let program = connection::Builder::address(bus(&desktop).as_str())
        .and_then(|builder| builder.serve_at("/item", Item))
        .and_then(|builder| builder.serve_at("/menu", Menu { clicked: Clicks::clone(&clicked) }))
        .and_then(connection::Builder::build)
        .map_err(io::Error::other)?;
    let watcher = "org.kde.StatusNotifierWatcher";
    let watcher = proxy(&program, watcher, "/StatusNotifierWatcher", watcher)?;
    watcher.call_method("RegisterStatusNotifierItem", &("/item")).map_err(io::Error::other)?;

    let menu = tray.menu().map_err(io::Error::other)?;
    let labels: Vec<(&str, bool)> =
        menu.iter().map(|item| (item.label.as_str(), item.enabled)).collect();
    assert_eq!(labels, [("打开", true), ("退出", false)]);
    assert!(tray.click("打开").map_err(io::Error::other)?);
    assert!(!tray.click("退出").map_err(io::Error::other)?, "it is disabled");
    assert_eq!(*clicked.lock().unwrap(), [(1, "clicked".to_owned())]);

    assert_eq!(tray.items().map_err(io::Error::other)?.len(), 1);
    program.close().map_err(io::Error::other)?;
    // The bus hears of it a moment later.
    let begin = Instant::now();
    while !tray.items().map_err(io::Error::other)?.is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(5), "the tray still shows it");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

#[test]
fn the_task_bar_keeps_what_it_was_told() -> io::Result<()> {
    let desktop = Desktop::start()?;
    let bar = desktop.taskbar()?;
    let program = program(&desktop)?;
    let tell = |properties: &[(&str, Value<'static>)]| {
        let properties: HashMap<&str, Value<'static>> =
            properties.iter().map(|(name, value)| (*name, value.try_clone().unwrap())).collect();
        let body = ("application://shiwen.desktop", properties);
        let interface = "com.canonical.Unity.LauncherEntry";
        let sent = program.emit_signal(None::<&str>, "/shiwen", interface, "Update", &body);
        sent.map_err(io::Error::other)
    };
    tell(&[("progress", Value::F64(0.5)), ("progress-visible", Value::Bool(true))])?;
    tell(&[("progress", Value::F64(1.0))])?;
    tell(&[("progress-visible", Value::Bool(false))])?;
    let asked = std::time::Instant::now();
    while bar.told().len() < 3 && asked.elapsed().as_secs() < 10 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(bar.told(), [Some(0.5), Some(1.0), None]);
    Ok(())
}

type Clicks = std::sync::Arc<std::sync::Mutex<Vec<(i32, String)>>>;

struct Item;

#[zbus::interface(name = "org.kde.StatusNotifierItem")]
impl Item {
    #[zbus(property)]
    fn menu(&self) -> zbus::zvariant::ObjectPath<'_> {
        zbus::zvariant::ObjectPath::from_static_str_unchecked("/menu")
    }
}

struct Menu {
    clicked: Clicks,
}

type Entry = (i32, HashMap<String, Value<'static>>, Vec<Value<'static>>);

#[zbus::interface(name = "com.canonical.dbusmenu")]
impl Menu {
    fn get_layout(&self, _parent: i32, _depth: i32, _names: Vec<String>) -> (u32, Entry) {
        let entry = |id: i32, name: &'static str, on: bool, label: &'static str| {
            let properties = HashMap::from([
                ("label".to_owned(), Value::from(label)),
                (name.to_owned(), Value::from(on)),
            ]);
            let none: Vec<Value<'static>> = Vec::new();
            Value::from((id, properties, none))
        };
        let entries = vec![
            entry(1, "enabled", true, "_打开"),
            entry(2, "visible", false, "看不见"),
            entry(3, "enabled", false, "退出"),
        ];
        (1, (0, HashMap::new(), entries))
    }

    fn event(&self, id: i32, event: String, _data: Value<'_>, _timestamp: u32) {
        self.clicked.lock().expect("nobody panicked").push((id, event));
    }
}

fn bus(desktop: &Desktop) -> String {
    let command = desktop.command("true");
    let mut variables = command.get_envs();
    let address = variables.find(|(name, _)| *name == "DBUS_SESSION_BUS_ADDRESS");
    address.and_then(|(_, value)| value?.to_str()).unwrap_or_default().to_owned()
}

/// A program's connection to the bus.
fn program(desktop: &Desktop) -> io::Result<Connection> {
    let connection = connection::Builder::address(bus(desktop).as_str());
    connection.and_then(connection::Builder::build).map_err(io::Error::other)
}

fn proxy<'a>(
    connection: &Connection,
    name: &'a str,
    path: &'a str,
    interface: &'a str,
) -> io::Result<Proxy<'a>> {
    Proxy::new(connection, name, path, interface).map_err(io::Error::other)
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
