//! Every row that can still be read, put into a fresh file table by table.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params_from_iter, types::Value};

use super::pages::{Page, Pages, Row};

/// What was found in the damaged file.
#[derive(Default)]
pub(crate) struct Harvest {
    pub(crate) rows: u64,
    /// Tables of which something could not be read.
    pub(crate) gaps: BTreeSet<String>,
    /// Tasks that may be older than what was lost: nobody can say whether the page they were on was still in use.
    pub(crate) stale: BTreeSet<i64>,
    /// The highest ids that were ever given, by table.
    pub(crate) sequences: BTreeMap<String, i64>,
}

/// A table of the fresh file, which has the schema that the damaged one had.
struct Table {
    name: String,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    kind: String,
    not_null: bool,
    /// Its value is the row's own number and stands nowhere else.
    is_id: bool,
}

/// Puts what `pages` hold into the tables of `into`, where no trigger and no foreign key minds the order.
pub(crate) fn harvest(pages: &Pages, into: &Connection) -> rusqlite::Result<Harvest> {
    let mut harvest = Harvest::default();
    let mut reached = vec![false; pages.count as usize + 1];
    let roots = roots(pages, &mut reached);
    let tables = tables(into)?;
    for table in &tables {
        let Some(root) = roots.get(&table.name) else {
            harvest.gaps.insert(table.name.clone());
            continue;
        };
        let mut rows = Rows { table, into, kept: 0, lost: false, error: None };
        let whole = pages.walk(*root, &mut reached, &mut |row| rows.take(row));
        let (kept, lost) = rows.end()?;
        harvest.rows += kept;
        if !whole || lost {
            harvest.gaps.insert(table.name.clone());
        }
    }
    if !harvest.gaps.is_empty() {
        strays(pages, into, &tables, &reached, &mut harvest)?;
    }
    if let Some(root) = roots.get("sqlite_sequence") {
        pages.walk(*root, &mut reached, &mut |row| {
            if let Some([Value::Text(name), Value::Integer(last)]) =
                row.as_ref().map(|row| row.values.as_slice())
            {
                harvest.sequences.insert(name.clone(), *last);
            }
        });
    }
    Ok(harvest)
}

/// Rows on pages that no table leads to any more, since a page above them is broken.
fn strays(
    pages: &Pages,
    into: &Connection,
    tables: &[Table],
    reached: &[bool],
    harvest: &mut Harvest,
) -> rusqlite::Result<()> {
    let free = pages.free();
    let is_free = |page: u32| free.as_ref().is_some_and(|free| free.contains(&page));
    let lacking: Vec<_> = tables.iter().filter(|t| harvest.gaps.contains(&t.name)).collect();
    for number in 2..=pages.count {
        if reached[number as usize] || is_free(number) {
            continue;
        }
        let Page::Leaf(rows) = pages.table_page(number) else { continue };
        let fitting = |table: &Table| rows.iter().flatten().filter(|r| table.is_whole(r)).count();
        let best = lacking.iter().max_by_key(|table| fitting(table));
        let Some(table) = best.filter(|table| fitting(table) > 0) else { continue };
        let mut taken = Rows { table, into, kept: 0, lost: false, error: None };
        for row in rows.into_iter().flatten().filter(|row| table.is_whole(row)) {
            let (id, before) = (row.id, taken.kept);
            taken.take(Some(row));
            if free.is_none() && table.name == "tasks" && taken.kept > before {
                harvest.stale.insert(id);
            }
        }
        harvest.rows += taken.end()?.0;
    }
    Ok(())
}

/// Writes rows of one table as they come.
struct Rows<'a> {
    table: &'a Table,
    into: &'a Connection,
    kept: u64,
    lost: bool,
    error: Option<rusqlite::Error>,
}

impl Rows<'_> {
    fn take(&mut self, row: Option<Row>) {
        let Some(row) = row.filter(|row| self.table.fits(row)) else {
            self.lost = true;
            return;
        };
        match self.table.insert(self.into, row) {
            Ok(()) => self.kept += 1,
            Err(error)
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
            {
                self.lost = true;
            }
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
    }

    fn end(self) -> rusqlite::Result<(u64, bool)> {
        self.error.map_or(Ok((self.kept, self.lost)), Err)
    }
}

impl Table {
    /// Whether a row can be one of this table. One that was written before a column was added is shorter.
    fn fits(&self, row: &Row) -> bool {
        let fits = |(value, column): (&Value, &Column)| match value {
            Value::Null => !column.not_null || column.is_id,
            _ if column.is_id => false,
            Value::Integer(_) => column.kind == "INTEGER",
            Value::Real(_) => column.kind == "REAL",
            Value::Text(_) => column.kind == "TEXT",
            Value::Blob(_) => column.kind == "BLOB",
        };
        (1..=self.columns.len()).contains(&row.values.len())
            && row.values.iter().zip(&self.columns).all(fits)
    }

    fn is_whole(&self, row: &Row) -> bool {
        row.values.len() == self.columns.len() && self.fits(row)
    }

    fn insert(&self, into: &Connection, mut row: Row) -> rusqlite::Result<()> {
        let columns = &self.columns[..row.values.len()];
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        let places = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({places})", self.name, names.join(", "));
        if let Some(at) = columns.iter().position(|column| column.is_id) {
            row.values[at] = Value::Integer(row.id);
        }
        into.prepare_cached(&sql)?.execute(params_from_iter(row.values))?;
        Ok(())
    }
}

/// Where each table begins, by name. Pages of the schema that cannot be reached are looked for by what they hold.
pub(crate) fn roots(pages: &Pages, reached: &mut [bool]) -> BTreeMap<String, u32> {
    let mut roots = BTreeMap::new();
    let whole = pages.walk(1, reached, &mut |row| note_root(row.as_ref(), &mut roots));
    if !whole {
        for number in 2..=pages.count {
            if reached[number as usize] {
                continue;
            }
            let Page::Leaf(rows) = pages.table_page(number) else { continue };
            let before = roots.len();
            rows.iter().for_each(|row| note_root(row.as_ref(), &mut roots));
            reached[number as usize] = roots.len() > before;
        }
    }
    roots
}

fn note_root(row: Option<&Row>, roots: &mut BTreeMap<String, u32>) {
    if let Some([Value::Text(kind), Value::Text(name), _, Value::Integer(root), Value::Text(sql)]) =
        row.map(|row| row.values.as_slice())
        && kind == "table"
        && sql.starts_with("CREATE TABLE")
        && let Ok(root) = u32::try_from(*root)
    {
        roots.entry(name.clone()).or_insert(root);
    }
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    // What follows from the tasks is made anew; the index's own tables have another type.
    let sql = "SELECT name FROM pragma_table_list
               WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
                 AND name NOT IN ('listed', 'listed_days', 'unindexed')";
    let names = connection
        .prepare(sql)?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let columns = |name: &String| -> rusqlite::Result<Vec<Column>> {
        let sql =
            "SELECT name, upper(type) AS type, \"notnull\", pk = 1 AND upper(type) = 'INTEGER'
                     AND (SELECT count(*) FROM pragma_table_info(?1) WHERE pk > 0) = 1 AS is_id
                   FROM pragma_table_info(?1) ORDER BY cid";
        connection
            .prepare(sql)?
            .query_map([name], |row| {
                Ok(Column {
                    name: row.get("name")?,
                    kind: row.get("type")?,
                    not_null: row.get("notnull")?,
                    is_id: row.get("is_id")?,
                })
            })?
            .collect()
    };
    names.into_iter().map(|name| Ok(Table { columns: columns(&name)?, name })).collect()
}
