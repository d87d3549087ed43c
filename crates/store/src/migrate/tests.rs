//! The machinery, with steps that were invented for it, and a process that is killed inside of each.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use rusqlite::{Connection, functions::FunctionFlags};

use super::*;

/// What a later version might do: a table, its rows made anew, a column filled. `pause` is where a child is killed.
const INVENTED: &[Step] = &[
    STEPS[0],
    Step::of(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
         SELECT pause('2 begun');
         INSERT INTO notes (text) SELECT text FROM pastes;
         SELECT pause('2 filled')",
    ),
    Step::of(
        "CREATE TABLE pastes_new (id INTEGER PRIMARY KEY, text TEXT NOT NULL, created_at INTEGER NOT NULL, long INTEGER NOT NULL);
         INSERT INTO pastes_new SELECT id, text, created_at, length(text) FROM pastes;
         SELECT pause('3 copied');
         DROP TABLE pastes;
         SELECT pause('3 dropped');
         ALTER TABLE pastes_new RENAME TO pastes;
         SELECT pause('3 renamed')",
    ),
    Step {
        sql: "ALTER TABLE notes ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
              UPDATE notes SET seen = id % 2;
              SELECT pause('4 filled')",
        then: Some(|connection| {
            connection.execute_batch(
                "UPDATE notes SET seen = seen + 2; SELECT pause('4 done by hand')",
            )
        }),
    },
];
const PAUSES: [&str; 7] =
    ["2 begun", "2 filled", "3 copied", "3 dropped", "3 renamed", "4 filled", "4 done by hand"];
const CHILD: &str = "SHIWEN_STORE_MIGRATION";

fn connect(path: &Path, pause_at: Option<String>) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").unwrap();
    let flags = FunctionFlags::SQLITE_UTF8;
    connection
        .create_scalar_function("pause", 1, flags, move |context| {
            let here: String = context.get(0)?;
            if pause_at.as_deref() == Some(here.as_str()) {
                println!("\nchild: {here}");
                thread::sleep(Duration::from_secs(60));
            }
            Ok(0)
        })
        .unwrap();
    connection
}

/// A file of the first version with some rows.
fn first_version(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("shiwen.db");
    let mut connection = connect(&path, None);
    migrate(&mut connection, &path, &INVENTED[..1]).unwrap();
    connection
        .execute_batch(
            "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 500)
             INSERT INTO pastes (text, created_at) SELECT '文案' || n, n FROM n",
        )
        .unwrap();
    path
}

/// Everything in the file, schema and rows, as text.
fn dump(connection: &Connection) -> String {
    let mut all = version(connection).unwrap().to_string();
    let names: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql NOT NULL ORDER BY name")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, sql) in names {
        all.push_str(&sql);
        let mut statement = connection.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                all.push_str(&format!("{:?},", row.get::<_, rusqlite::types::Value>(column)));
            }
        }
    }
    all
}

fn backups(path: &Path) -> Vec<std::path::PathBuf> {
    let found = fs::read_dir(path.with_file_name("backups")).into_iter().flatten();
    let mut found: Vec<_> = found.map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

#[test]
fn a_kill_inside_any_step_leaves_one_version_or_the_next_whole() {
    if let Ok(child) = env::var(CHILD) {
        let (path, pause) = child.rsplit_once('|').unwrap();
        let path = Path::new(path);
        let mut connection = connect(path, Some(pause.to_owned()));
        return migrate(&mut connection, path, INVENTED).unwrap();
    }
    // What each version holds when nothing goes wrong.
    let folder = tempfile::tempdir().unwrap();
    let path = first_version(folder.path());
    let mut connection = connect(&path, None);
    let mut versions = vec![dump(&connection)];
    while step(&mut connection, INVENTED).unwrap() {
        versions.push(dump(&connection));
    }
    assert_eq!(versions.len(), 4);

    for pause in PAUSES {
        let folder = tempfile::tempdir().unwrap();
        let path = first_version(folder.path());
        let name = "migrate::tests::a_kill_inside_any_step_leaves_one_version_or_the_next_whole";
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", name, "--nocapture", "--test-threads=1"])
            .env(CHILD, format!("{}|{pause}", path.display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let reached = said.any(|line| line.unwrap() == format!("child: {pause}"));
        assert!(reached, "{pause}");
        child.kill().unwrap();
        child.wait().unwrap();

        let mut connection = connect(&path, None);
        let at = pause[..1].parse::<usize>().unwrap() - 2;
        assert_eq!(dump(&connection), versions[at], "{pause}");
        let [backup] = &backups(&path)[..] else { panic!("{pause}") };
        assert_eq!(dump(&Connection::open(backup).unwrap()), versions[0], "{pause}");

        migrate(&mut connection, &path, INVENTED).unwrap();
        assert_eq!(dump(&connection), versions[3], "{pause}: the next start ends what was begun");
        assert_eq!(crate::health::faults(&connection).unwrap(), [""; 0], "{pause}");
    }
}

#[test]
fn a_step_that_fails_changes_nothing_and_its_backup_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = first_version(folder.path());
    let mut connection = connect(&path, None);
    let before = dump(&connection);
    let wrong = [INVENTED[0], Step::of("DELETE FROM pastes; INSERT INTO nowhere VALUES (1)")];

    assert!(migrate(&mut connection, &path, &wrong).is_err());

    assert_eq!(dump(&connection), before);
    assert_eq!(backups(&path).len(), 1);
    migrate(&mut connection, &path, INVENTED).unwrap();
    assert_eq!(version(&connection).unwrap(), 4);
}

#[test]
fn a_file_that_needs_no_step_and_a_new_one_are_not_backed_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = first_version(folder.path());
    let mut connection = connect(&path, None);
    migrate(&mut connection, &path, &INVENTED[..1]).unwrap();
    assert_eq!(backups(&path), [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn two_that_migrate_at_once_do_it_once() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = first_version(folder.path());
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let mut connection = connect(&path, None);
                    connection.busy_timeout(Duration::from_secs(10)).unwrap();
                    while step(&mut connection, INVENTED).unwrap() {}
                    assert_eq!(version(&connection).unwrap(), 4);
                });
            }
        });
        let connection = connect(&path, None);
        let notes: u32 =
            connection.query_row("SELECT count(*) FROM notes", [], |row| row.get(0)).unwrap();
        assert_eq!(notes, 500);
    }
}
