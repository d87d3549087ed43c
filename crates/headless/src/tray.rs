//! A tray without a picture: programs put their items into it, and their menus can be read and clicked. Spoken as
//! <https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/> and libdbusmenu's `com.canonical.dbusmenu`
//! have it.

use std::sync::{Arc, Mutex, PoisonError};

use zbus::blocking::{Connection, Proxy, connection, fdo::DBusProxy};
use zbus::message::Header;
use zbus::names::BusName;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, Structure, Value};

const NAME: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// The tray, on the bus until it is dropped.
#[derive(Debug)]
pub struct Tray {
    connection: Connection,
    items: Items,
}

/// An item by the program's name on the bus, and where it has the item.
type Items = Arc<Mutex<Vec<(String, String)>>>;

/// An entry of an item's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    id: i32,
    /// Without the mark of its key; empty for a line between two.
    pub label: String,
    pub enabled: bool,
    pub children: Vec<MenuItem>,
}

impl Tray {
    pub(crate) fn start(bus: &str) -> zbus::Result<Tray> {
        let items = Items::default();
        let watcher = Watcher { items: Arc::clone(&items) };
        let connection =
            connection::Builder::address(bus)?.serve_at(PATH, watcher)?.name(NAME)?.build()?;
        Ok(Tray { connection, items })
    }

    /// The programs on the bus that have an item in the tray, in the order in which they came.
    pub fn items(&self) -> zbus::Result<Vec<String>> {
        Ok(self.alive()?.into_iter().map(|(program, _)| program).collect())
    }

    /// The menu of the newest item as it is shown now; empty where there is no item.
    pub fn menu(&self) -> zbus::Result<Vec<MenuItem>> {
        let Some(menu) = self.menu_of_newest()? else { return Ok(Vec::new()) };
        // What a tray says before it opens a menu. Not all menus listen.
        let _ = menu.call_method("AboutToShow", &(0_i32));
        let no_names: &[&str] = &[];
        let answer = menu.call_method("GetLayout", &(0_i32, -1_i32, no_names))?;
        let body = answer.body();
        let layout: Structure<'_> = body.deserialize()?;
        let root = layout.fields().get(1).and_then(entry);
        Ok(root.map(|root| root.children).unwrap_or_default())
    }

    /// Clicks the entry of the newest item's menu with this label; false where there is none.
    pub fn click(&self, label: &str) -> zbus::Result<bool> {
        let items = self.menu()?;
        let Some(item) = find(&items, label).filter(|item| item.enabled) else { return Ok(false) };
        let Some(menu) = self.menu_of_newest()? else { return Ok(false) };
        let no_time = 0_u32;
        menu.call_method("Event", &(item.id, "clicked", Value::from(0_i32), no_time))?;
        Ok(true)
    }

    fn alive(&self) -> zbus::Result<Vec<(String, String)>> {
        let bus = DBusProxy::new(&self.connection)?;
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut alive = Vec::new();
        for (program, path) in items {
            if bus.name_has_owner(BusName::try_from(program.as_str())?)? {
                alive.push((program, path));
            }
        }
        Ok(alive)
    }

    fn menu_of_newest(&self) -> zbus::Result<Option<Proxy<'static>>> {
        let Some((program, path)) = self.alive()?.pop() else { return Ok(None) };
        let item = Proxy::new(&self.connection, program.clone(), path, ITEM)?;
        let menu: OwnedObjectPath = item.get_property("Menu")?;
        let menu = ObjectPath::from(menu);
        Proxy::new(&self.connection, program, menu, MENU).map(Some)
    }
}

fn find<'a>(items: &'a [MenuItem], label: &str) -> Option<&'a MenuItem> {
    items
        .iter()
        .find_map(|item| if item.label == label { Some(item) } else { find(&item.children, label) })
}

/// Reads `(ia{sv}av)`: an id, properties, entries below. None for what is not visible.
fn entry(value: &Value<'_>) -> Option<MenuItem> {
    let Value::Structure(parts) = unwrapped(value) else { return None };
    let [Value::I32(id), Value::Dict(properties), Value::Array(children)] = parts.fields() else {
        return None;
    };
    let (mut label, mut enabled) = (String::new(), true);
    for (name, value) in properties.iter() {
        match (unwrapped(name), unwrapped(value)) {
            (Value::Str(name), Value::Str(text)) if name == "label" => label = plain(text),
            (Value::Str(name), Value::Bool(on)) if name == "enabled" => enabled = *on,
            (Value::Str(name), Value::Bool(false)) if name == "visible" => return None,
            _ => {}
        }
    }
    let children = children.iter().filter_map(entry).collect();
    Some(MenuItem { id: *id, label, enabled, children })
}

fn unwrapped<'a, 'b>(value: &'a Value<'b>) -> &'a Value<'b> {
    match value {
        Value::Value(inner) => unwrapped(inner),
        value => value,
    }
}

/// A label without the `_` before the letter of its key; two of them stand for one.
fn plain(label: &str) -> String {
    let mut plain = String::new();
    let mut letters = label.chars();
    while let Some(letter) = letters.next() {
        let letter = if letter == '_' { letters.next() } else { Some(letter) };
        plain.extend(letter);
    }
    plain
}

struct Watcher {
    items: Items,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    /// Programs come with a name on the bus or, as those of Ayatana do, with a path of theirs.
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let item = match service.starts_with('/') {
            true => (sender, service.to_owned()),
            false => (service.to_owned(), "/StatusNotifierItem".to_owned()),
        };
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.retain(|known| *known != item);
        items.push(item);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.iter().map(|(program, path)| format!("{program}{path}")).collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_label_loses_the_mark_of_its_key_and_keeps_what_looks_like_one() {
        assert_eq!(plain("_Quit"), "Quit");
        assert_eq!(plain("a__b"), "a_b");
        assert_eq!(plain("退出"), "退出");
    }
}
