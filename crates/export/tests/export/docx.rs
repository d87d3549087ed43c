//! DOCX, unpacked by zip and read by quick-xml.

use std::io::{Cursor, Read};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use shiwen_core::ExportFormat;
use shiwen_export::Exported;

use crate::stage::{bare, clean, hostile, line, task, written};

/// A paragraph: its style, whether it begins a page, its text.
#[derive(Debug, Default, PartialEq)]
struct Paragraph {
    style: Option<String>,
    begins_page: bool,
    text: String,
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn value(tag: &BytesStart<'_>) -> Option<String> {
    let value = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == "w:val")?;
    Some(value.value.into_owned())
}

fn paragraphs(tasks: &[Exported]) -> Vec<Paragraph> {
    let document = part(&written(ExportFormat::Docx, tasks), "word/document.xml");
    let mut reader = Reader::from_str(&document);
    let mut paragraphs = Vec::new();
    let mut depth = 0;
    let mut in_text = false;
    loop {
        let event = reader.read_event().unwrap();
        if let Event::Start(tag) | Event::Empty(tag) = &event {
            match (tag.name().as_ref(), paragraphs.last_mut()) {
                ("w:p", _) => paragraphs.push(Paragraph::default()),
                ("w:pStyle", Some(paragraph)) => paragraph.style = value(tag),
                ("w:pageBreakBefore", Some(paragraph)) => {
                    paragraph.begins_page = value(tag).is_none_or(|value| value != "false");
                }
                _ => {}
            }
        }
        match event {
            Event::Start(tag) => {
                depth += 1;
                in_text = tag.name().as_ref() == "w:t";
            }
            Event::End(_) => {
                depth -= 1;
                in_text = false;
            }
            Event::Text(text) if in_text => {
                paragraphs.last_mut().unwrap().text.push_str(&text);
            }
            Event::GeneralRef(entity) if in_text => {
                let letter = match &*entity {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    other => match entity.resolve_char_ref().unwrap() {
                        Some(letter) => letter,
                        None => panic!("&{other};"),
                    },
                };
                paragraphs.last_mut().unwrap().text.push(letter);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
    paragraphs
}

#[test]
fn each_task_begins_a_page_with_its_heading() {
    let tasks = [task("红烧肉", "焯水。\n\n  炒糖色。"), bare(), task("鱼", "刮鳞")];
    let all = paragraphs(&tasks);
    let heads: Vec<_> = all
        .iter()
        .filter(|paragraph| paragraph.style.as_deref() == Some("Heading1"))
        .map(|paragraph| (paragraph.begins_page, paragraph.text.as_str()))
        .collect();
    assert_eq!(heads, [(false, "红烧肉"), (true, "没有标题"), (true, "鱼")]);
    let first: Vec<_> = all.iter().take(7).map(|paragraph| paragraph.text.as_str()).collect();
    assert_eq!(
        first,
        [
            "红烧肉",
            "老张 · 抖音 · 5 字 · 3:25 · 2026-11-20 11:47 · momoget",
            "https://www.douyin.com/video/7300000000000000001",
            "焯水。",
            "  炒糖色。",
            "备注：周三拍",
            "标签：做菜、爆款",
        ]
    );
}

#[test]
fn hostile_titles_and_texts_are_text() {
    for title in hostile() {
        let all = paragraphs(&[task(&title, &title)]);
        assert_eq!(all[0].text, line(&title));
        let text: Vec<_> = all[3..all.len() - 2].iter().map(|line| line.text.as_str()).collect();
        let expected = clean(&title);
        assert_eq!(text, expected.lines().collect::<Vec<_>>());
    }
}

#[test]
fn every_part_is_sound_xml_and_fonts_are_named_for_chinese() {
    let bytes = written(ExportFormat::Docx, &[task("鱼", "刮鳞")]);
    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let names: Vec<_> = zip.file_names().map(str::to_owned).collect();
    for needed in ["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"] {
        assert!(names.iter().any(|name| name == needed), "{needed}");
    }
    for name in names.iter().filter(|name| name.ends_with(".xml") || name.ends_with(".rels")) {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        let mut reader = Reader::from_str(&text);
        while reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) != Event::Eof {}
    }
    let styles = part(&bytes, "word/styles.xml");
    assert!(styles.contains("w:eastAsia=\"Microsoft YaHei\""));
    let facts = part(&bytes, "docProps/core.xml");
    assert!(facts.contains(">2026-11-20T11:47:00Z</dcterms:created>"), "{facts}");
    assert!(styles.contains("w:styleId=\"Heading1\"") && styles.contains("w:styleId=\"Facts\""));
}

#[test]
fn every_part_that_is_named_is_there_and_every_part_has_a_kind() {
    let bytes = written(ExportFormat::Docx, &[task("鱼", "刮鳞")]);
    let zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let names: Vec<&str> = zip.file_names().collect();
    let values = |name: &str, key: &str| -> Vec<String> {
        let text = part(&bytes, name);
        let key = format!(" {key}=\"");
        let parts = text.split(&key).skip(1);
        parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
    };
    let kinds = values("[Content_Types].xml", "PartName");
    for kind in &kinds {
        assert!(names.contains(&kind.trim_start_matches('/')), "{kind}");
    }
    for name in
        names.iter().filter(|name| !name.ends_with(".rels") && **name != "[Content_Types].xml")
    {
        assert!(kinds.contains(&format!("/{name}")), "{name}");
    }
    let of_package = values("_rels/.rels", "Target");
    assert!(of_package.iter().any(|target| target == "word/document.xml"));
    let of_document = values("word/_rels/document.xml.rels", "Target");
    let of_document = of_document.iter().map(|target| format!("word/{target}"));
    let mut targets: Vec<String> = of_package.into_iter().chain(of_document).collect();
    let mut parts: Vec<&str> =
        names.iter().copied().filter(|name| kinds.contains(&format!("/{name}"))).collect();
    targets.sort_unstable();
    parts.sort_unstable();
    assert_eq!(targets, parts);
}
