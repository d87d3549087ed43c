//! CSV, XLSX and the table of the clipboard, read by csv and calamine.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use shiwen_core::ExportFormat;
use shiwen_export::{Exported, Plan, WriteError, Writer, table};

use crate::stage::{NOW, bare, clean, hostile, line, task, wording, written};

const HEADERS: [&str; 14] = [
    "标题",
    "作者",
    "平台",
    "字数",
    "时长（秒）",
    "日期",
    "服务商",
    "操作",
    "状态",
    "链接",
    "标签",
    "收藏",
    "备注",
    "文案",
];

fn rows_of_csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).expect("a mark of UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn sheet(tasks: &[Exported]) -> calamine::Range<Data> {
    let mut book: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(written(ExportFormat::Xlsx, tasks))).unwrap();
    assert_eq!(book.sheet_names(), ["拾文"]);
    assert!(book.worksheet_formula("拾文").unwrap().is_empty(), "there are formulas");
    book.worksheet_range("拾文").unwrap()
}

fn text(cell: Option<&Data>) -> String {
    match cell {
        Some(Data::String(text)) => text.clone(),
        Some(Data::Empty) | None => String::new(),
        other => panic!("{other:?} is no text"),
    }
}

/// With the apostrophe that keeps it from being a formula.
fn disarmed(text: &str) -> String {
    let is_formula = text.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\n']);
    format!("{}{text}", if is_formula { "'" } else { "" })
}

#[test]
fn csv_reads_back_row_by_row() {
    let bytes = written(ExportFormat::Csv, &[task("红烧肉", "焯水\r\n\"炒\",糖"), bare()]);
    let rows = rows_of_csv(&bytes);
    assert_eq!(rows[0], HEADERS);
    assert_eq!(
        rows[1],
        [
            "红烧肉",
            "老张",
            "抖音",
            "4",
            "205",
            "2026-11-20 11:47",
            "momoget",
            "提取文案",
            "已完成",
            "https://www.douyin.com/video/7300000000000000001",
            "做菜、爆款",
            "★",
            "周三拍",
            "焯水\n\"炒\",糖",
        ]
    );
    assert_eq!(rows[2][0], "");
    assert_eq!(rows.len(), 3);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\"\"\r\n") && text.contains("\"抖音\",4,205,\"2026"), "{text}");
}

#[test]
fn no_cell_of_a_csv_is_a_formula() {
    for title in hostile() {
        let rows = rows_of_csv(&written(ExportFormat::Csv, &[task(&title, &title)]));
        assert_eq!(rows[1][0], disarmed(&line(&title)));
        assert_eq!(rows[1][13], disarmed(&clean(&title)));
        assert_eq!(rows.len(), 2);
        for cell in &rows[1] {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
    }
}

#[test]
fn xlsx_reads_back_with_numbers_and_texts_only() {
    let sheet = sheet(&[task("红烧肉", "焯水\n炒糖"), bare(), task("最后", "完")]);
    for (column, header) in (0..).zip(HEADERS) {
        assert_eq!(text(sheet.get_value((0, column))), header);
    }
    assert_eq!(text(sheet.get_value((1, 0))), "红烧肉");
    assert_eq!(sheet.get_value((1, 3)), Some(&Data::Float(4.0)));
    assert_eq!(sheet.get_value((1, 4)), Some(&Data::Float(205.0)));
    assert_eq!(text(sheet.get_value((1, 5))), "2026-11-20 11:47");
    assert_eq!(text(sheet.get_value((1, 13))), "焯水\n炒糖");
    assert_eq!(text(sheet.get_value((2, 0))), "");
    assert_eq!(text(sheet.get_value((3, 13))), "完");
    assert_eq!(sheet.end(), Some((3, 13)));
}

#[test]
fn hostile_titles_are_texts_in_xlsx() {
    let titles = hostile();
    let tasks: Vec<_> = titles.iter().map(|title| task(title, title)).collect();
    let sheet = sheet(&tasks);
    for (row, title) in (1..).zip(&titles) {
        assert_eq!(text(sheet.get_value((row, 0))), line(title));
        assert_eq!(text(sheet.get_value((row, 13))), clean(title));
    }
}

#[test]
fn what_does_not_fit_into_a_cell_goes_on_behind_the_last_column() {
    let long = "字👪a".repeat(30_000);
    let sheet = sheet(&[Exported { note: Some("记".repeat(40_000)), ..task("长", &long) }]);
    let cells: Vec<_> = (12..20).map(|column| text(sheet.get_value((1, column)))).collect();
    assert!(cells.iter().all(|cell| cell.encode_utf16().count() <= 32_767));
    let mut note = cells[0].clone();
    let mut whole = cells[1].clone();
    for rest in &cells[2..] {
        note.push_str(rest.strip_prefix("…备注… ").unwrap_or_default());
        whole.push_str(rest.strip_prefix("…文案… ").unwrap_or_default());
    }
    assert!(whole == long && note == "记".repeat(40_000));
}

#[test]
fn more_tasks_than_rows_are_refused_before_anything_is_written() {
    let wording = wording();
    let mut out = Cursor::new(Vec::new());
    let plan = |tasks| Plan { format: ExportFormat::Xlsx, template: None, tasks, at: NOW };
    let refused = Writer::new(plan(1_048_576), &wording, &mut out).err();
    assert!(matches!(refused, Some(WriteError::TooMany { most: 1_048_575 })));
    assert!(out.get_ref().is_empty());
    assert!(Writer::new(plan(1_048_575), &wording, &mut out).is_ok());
}

#[test]
fn the_table_of_the_clipboard_is_safe_in_both_forms() {
    let titles = hostile();
    let tasks: Vec<_> = titles.iter().map(|title| task(title, "a\tb\n\"c\" <d>")).collect();
    let table = table(&tasks, &wording());
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_reader(table.tsv.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), HEADERS);
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), titles.len());
    for (row, title) in rows.iter().zip(&titles) {
        assert_eq!((&row[0], &row[13]), (&*disarmed(&line(title)), "a\tb\n\"c\" <d>"));
    }
    assert_eq!(table.html.matches("<tr>").count(), titles.len() + 1);
    assert_eq!(table.html.matches("<td").count(), 14 * titles.len());
    assert!(!table.html.contains("<script") && !table.html.contains("<d>"));
    assert!(table.html.contains(">&#39;=HYPERLINK(&quot;https://evil.example&quot;"));
}
