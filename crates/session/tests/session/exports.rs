//! Tasks out of a real history into real folders, and back.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use shiwen_core::{
    Export, ExportFailure, ExportFormat, ExportOrder, ExportState, Link, LinkKind, Operation,
    Output, Platform, ProviderId, Scrape, ScrapedVideo, Selection, TaskId, Timestamp,
    TranscriptKind, Work, WorkKind,
};
use shiwen_session::{ExportError, ImportError, Session, TemplateError};
use shiwen_store::{ImportedTask, ImportedText};
use tokio::sync::broadcast;

use crate::stage::Stage;

pub(crate) fn task(number: u32, title: &str, text: &str) -> ImportedTask {
    let at = Timestamp(1_795_000_000_000 + i64::from(number) * 1000);
    ImportedTask {
        share_text: format!("看看 https://www.douyin.com/video/73{number:017}"),
        link: Some(Link {
            url: format!("https://www.douyin.com/video/73{number:017}"),
            platform: Platform::Douyin,
            kind: LinkKind::Video,
            id: Some(format!("73{number:017}")),
            canonical: None,
            title: None,
        }),
        operation: Operation::Transcribe,
        provider: ProviderId::Momoget,
        subject: None,
        model: None,
        target_language: None,
        title: (!title.is_empty()).then(|| title.to_owned()),
        author: Some("老张".to_owned()),
        duration_s: Some(65),
        created_at: at,
        ended_at: Some(at),
        starred: number == 1,
        note: None,
        tags: vec!["做菜".to_owned()],
        transcripts: vec![ImportedText {
            kind: TranscriptKind::Provider,
            text: text.to_owned(),
            incomplete: false,
            created_at: at,
        }],
        output: None,
    }
}

/// Fills the history and answers its tasks, the oldest first.
pub(crate) fn fill(session: &Session, tasks: &[ImportedTask]) -> Vec<TaskId> {
    let store = session.engine.store();
    let added = store.import(tasks, Timestamp::now()).unwrap();
    assert_eq!(added.added as usize, tasks.len());
    let mut ids = session.selected(&Selection::Found { query: String::new() }).unwrap();
    ids.sort();
    ids
}

fn many(count: u32) -> Vec<ImportedTask> {
    (0..count)
        .map(|number| task(number, &format!("红烧肉 {number}"), "先焯水。\n再炒糖色。"))
        .collect()
}

pub(crate) fn order(ids: &[TaskId], format: ExportFormat, path: &Path) -> ExportOrder {
    ExportOrder {
        selection: Selection::Tasks { ids: ids.to_vec() },
        format,
        each: false,
        template: None,
        path: Some(path.to_string_lossy().into_owned()),
    }
}

/// The changes of one export up to its end.
async fn ended(changes: &mut broadcast::Receiver<Export>, id: u32) -> Vec<Export> {
    let mut seen = Vec::new();
    loop {
        let next = tokio::time::timeout(Duration::from_secs(60), changes.recv()).await;
        let next = next.expect("the export goes on").unwrap();
        if next.id != id {
            continue;
        }
        let is_over = next.state != ExportState::Running;
        seen.push(next);
        if is_over {
            return seen;
        }
    }
}

pub(crate) async fn export(session: &Session, order: ExportOrder) -> Export {
    let mut changes = session.export_changes();
    let begun = session.start_export(order).unwrap();
    ended(&mut changes, begun.id).await.pop().unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_stands_under_its_name_and_nothing_is_overwritten() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let ids = fill(&session, &many(3));
    let folder = tempfile::tempdir().unwrap();
    for format in ExportFormat::ALL {
        let path = folder.path().join(format!("肉.{format}"));
        fs::write(&path, "mine").unwrap();
        let done = export(&session, order(&ids, *format, &path)).await;
        assert_eq!((done.state, done.done, done.total), (ExportState::Done, 3, 3), "{done:?}");
        let expected = folder.path().join(format!("肉 (2).{format}"));
        assert_eq!(Path::new(&done.path), expected);
        let bytes = fs::read(expected).unwrap();
        let packed = matches!(format, ExportFormat::Docx | ExportFormat::Xlsx);
        assert!(bytes.starts_with(b"PK") == packed && bytes.len() > 100, "{format}");
        let text = String::from_utf8_lossy(&bytes);
        let at = [0, 1, 2].map(|number| text.find(&format!("红烧肉 {number}")));
        assert!(packed || (at[0].is_some() && at.is_sorted()), "in the order asked for: {at:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
        assert_eq!(session.export(done.id).unwrap(), done);
    }
    assert_eq!(names(folder.path()).len(), 2 * ExportFormat::ALL.len());
    assert_eq!(session.exports().len(), ExportFormat::ALL.len());
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_for_each_task_is_named_by_its_day_and_title() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let tasks = [
        task(1, "红烧肉", "甲"),
        task(2, "红烧肉", "乙"),
        task(3, "../../etc/passwd", "丙"),
        task(4, "???\u{202E}", "丁"),
        task(5, &"长".repeat(300), "戊"),
    ];
    let ids = fill(&session, &tasks);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not/yet/there");
    let wish = ExportOrder { each: true, ..order(&ids, ExportFormat::Markdown, &path) };
    let done = export(&session, wish).await;
    assert_eq!((done.state, done.done), (ExportState::Done, 5), "{done:?}");
    assert_eq!(Path::new(&done.path), path);
    let names = names(&path);
    let day = names[0].split_once(' ').unwrap().0.to_owned();
    let mut expected = vec![
        format!("{day} 红烧肉.md"),
        format!("{day} 红烧肉 (2).md"),
        format!("{day} etc passwd.md"),
        format!("{day} douyin-7300000000000000004.md"),
        format!("{day} {}.md", "长".repeat(36)),
    ];
    expected.sort();
    assert_eq!(names, expected);
    let text = fs::read_to_string(path.join(format!("{day} etc passwd.md"))).unwrap();
    assert!(text.starts_with("---\ntitle: \"../../etc/passwd\"\n") && text.ends_with("\n丙\n"));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_wish_files_go_to_the_folder_of_downloads_under_the_day_of_today() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let ids = fill(&session, &many(2));
    let usual = session.folder.join("downloads");
    let wish =
        |each| ExportOrder { path: None, each, ..order(&ids, ExportFormat::Txt, Path::new("")) };
    let path = |export: Export| PathBuf::from(export.path);
    let file = path(export(&session, wish(false)).await);
    let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
    assert!(file.parent() == Some(&usual) && file.extension().unwrap() == "txt", "{file:?}");
    assert_eq!(path(export(&session, wish(false)).await), usual.join(format!("{name} (2).txt")));
    assert_eq!(path(export(&session, wish(true)).await), usual.join(&name));
    let second = path(export(&session, wish(true)).await);
    assert_eq!(second, usual.join(format!("{name} (2)")));
    assert_eq!(names(&second).len(), 2);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_export_leaves_nothing_and_lets_the_next_one_go_on() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let ids = fill(&session, &many(1500));
    let folder = tempfile::tempdir().unwrap();
    let mut changes = session.export_changes();
    let wish = |format, each, name: &str| ExportOrder {
        each,
        ..order(&ids, format, &folder.path().join(name))
    };
    let each = session.start_export(wish(ExportFormat::Docx, true, "all")).unwrap();
    let waiting = session.start_export(wish(ExportFormat::Xlsx, false, "b.xlsx")).unwrap();
    let last = session.start_export(wish(ExportFormat::Csv, false, "c.csv")).unwrap();
    // One that waits for its turn ends before those ahead of it do.
    session.cancel_export(waiting.id).unwrap();
    let seen = ended(&mut changes, waiting.id).await;
    assert_eq!(
        (seen.last().unwrap().state, seen.last().unwrap().done),
        (ExportState::Cancelled, 0)
    );
    // Some of the files of the first one are there when it is stopped.
    while session.export(each.id).unwrap().done == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    session.cancel_export(each.id).unwrap();
    let done = ended(&mut changes, last.id).await.pop().unwrap();
    assert_eq!((done.state, done.done, done.total), (ExportState::Done, 1500, 1500));
    let first = session.export(each.id).unwrap();
    assert_eq!((first.state, first.failure), (ExportState::Cancelled, None));
    assert!(first.done < 1500, "{first:?}");
    assert_eq!(names(folder.path()), ["c.csv"]);
    assert!(matches!(session.cancel_export(77), Err(ExportError::NoSuchExport)));
    // What has ended stays as it is.
    session.cancel_export(done.id).unwrap();
    assert_eq!(session.export(done.id).unwrap(), done);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_and_only_one_runs_at_a_time() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let ids = fill(&session, &many(1500));
    let folder = tempfile::tempdir().unwrap();
    let mut changes = session.export_changes();
    let wish = |name: &str| order(&ids, ExportFormat::Docx, &folder.path().join(name));
    let first = session.start_export(wish("a.docx")).unwrap();
    let second = session.start_export(wish("b.docx")).unwrap();
    let mut order = Vec::new();
    while order.len() < 2 {
        let change = changes.recv().await.unwrap();
        let before = session.export(first.id).unwrap();
        assert!(change.id != second.id || change.done == 0 || before.state == ExportState::Done);
        if change.state == ExportState::Done {
            order.push(change.id);
        }
    }
    assert_eq!(order, [first.id, second.id]);
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_exported_is_told_apart() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let ids = fill(&session, &many(2));
    let folder = tempfile::tempdir().unwrap();
    let failure = async |order| {
        let failed = export(&session, order).await;
        assert_eq!(failed.state, ExportState::Failed, "{failed:?}");
        failed.failure.unwrap()
    };
    let csv = folder.path().join("a.csv");
    assert_eq!(failure(order(&[], ExportFormat::Csv, &csv)).await, ExportFailure::Nothing);
    let gone = [TaskId(9999)];
    assert_eq!(failure(order(&gone, ExportFormat::Csv, &csv)).await, ExportFailure::Nothing);
    let each = ExportOrder { each: true, ..order(&gone, ExportFormat::Csv, &csv) };
    assert_eq!(failure(each).await, ExportFailure::Nothing);
    let found = Selection::Found { query: "没有这样的词".to_owned() };
    let found = ExportOrder { selection: found, ..order(&[], ExportFormat::Csv, &csv) };
    assert_eq!(failure(found).await, ExportFailure::NothingFound);
    assert!(names(folder.path()).is_empty());

    fs::write(folder.path().join("file"), "").unwrap();
    let below_a_file = folder.path().join("file/a.csv");
    let unwritable = failure(order(&ids, ExportFormat::Csv, &below_a_file)).await;
    assert_eq!(unwritable, ExportFailure::Unwritable);
    let too_long = folder.path().join("长".repeat(90));
    let unwritable = failure(order(&ids, ExportFormat::Csv, &too_long)).await;
    assert_eq!(unwritable, ExportFailure::Unwritable);
    assert_eq!(names(folder.path()), ["file"]);

    let template = Some("{{titel}}".to_owned());
    let wrong = ExportOrder { template, ..order(&ids, ExportFormat::Txt, &csv) };
    let refused = session.start_export(wrong);
    let at =
        |error| matches!(error, ExportError::Template(TemplateError::UnknownName { at: 0, .. }));
    assert!(refused.is_err_and(at));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_is_exported_newest_first() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    fill(&session, &[task(1, "红烧肉", "焯水"), task(2, "鱼", "刮鳞"), task(3, "鱼汤", "焯水")]);
    let folder = tempfile::tempdir().unwrap();
    let template = Some("{{title}}\n".to_owned());
    let text = async |query: &str| {
        let path = folder.path().join("a.txt");
        let selection = Selection::Found { query: query.to_owned() };
        let wish = ExportOrder {
            selection,
            template: template.clone(),
            ..order(&[], ExportFormat::Txt, &path)
        };
        let done = export(&session, wish).await;
        fs::read_to_string(done.path).unwrap()
    };
    assert_eq!(text("焯水").await, "鱼汤\n红烧肉\n");
    assert_eq!(text("收藏:是").await, "红烧肉\n");
    assert_eq!(text("").await, "鱼汤\n鱼\n红烧肉\n");
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_previewed_and_a_table_is_made_for_the_clipboard() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let ids = fill(&session, &[task(1, "红烧肉", "焯水"), task(2, "=1+1", "刮鳞")]);
    let preview = |template: &str| session.preview_template(template, ids[0]);
    assert_eq!(preview("{{title}}/{{provider}}/{{words}}").unwrap(), "红烧肉/Momoget/2");
    assert!(matches!(preview("{{"), Err(ExportError::Template(_))));
    let missing = session.preview_template("", TaskId(99));
    assert!(matches!(missing, Err(ExportError::Nothing)));
    assert!(preview(&session.usual_template().unwrap()).unwrap().contains("焯水"));

    let (table, count) = session.table(&Selection::Tasks { ids: ids.clone() }).unwrap();
    assert_eq!((count, table.tsv.lines().count()), (2, 3));
    assert!(table.tsv.contains("\r\n'=1+1\t") && table.html.contains("<td>2</td>"));
    let too_many = Selection::Tasks { ids: vec![ids[0]; 10_001] };
    let refused = session.table(&too_many);
    assert!(matches!(refused, Err(ExportError::TooMany { most: 10_000 })));
    let nothing = session.table(&Selection::Tasks { ids: Vec::new() });
    assert!(matches!(nothing, Err(ExportError::Nothing)));
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn our_json_is_imported_into_another_history_once() {
    let (from, to) = (Stage::new().await, Stage::new().await);
    let (from, to) = (from.session().await, to.session().await);
    let ids = fill(&from, &many(250));
    let store = from.engine.store();
    store.save_text(ids[0], "我改过的", Timestamp::now()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    let done = export(&from, order(&ids, ExportFormat::Json, &path)).await;
    assert_eq!(done.state, ExportState::Done, "{done:?}");

    let imported = to.import_file(&path).unwrap();
    assert_eq!((imported.added, imported.known, imported.skipped), (250, 0, 0));
    let again = to.import_file(&path).unwrap();
    assert_eq!((again.added, again.merged, again.known), (0, 0, 250));
    let there = to.selected(&Selection::Found { query: "我改过的".to_owned() }).unwrap();
    let [there] = &to.engine.store().records(&there).unwrap()[..] else { panic!("{there:?}") };
    let here = store.records(&ids[..1]).unwrap().remove(0);
    assert!(there.task.imported && there.task.starred == here.task.starred);
    assert_eq!(there.task.created_at, here.task.created_at);
    let texts = |record: &shiwen_store::HistoryRecord| {
        record.transcripts.iter().map(|text| text.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!((texts(there), &there.share_text), (texts(&here), &here.share_text));
    from.close().await;
    to.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_sound_brings_nothing() {
    let (from, to) = (Stage::new().await, Stage::new().await);
    let (from, to) = (from.session().await, to.session().await);
    let ids = fill(&from, &many(250));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.json");
    export(&from, order(&ids, ExportFormat::Json, &path)).await;
    let whole = fs::read_to_string(&path).unwrap();
    let import = |text: &str| {
        fs::write(&path, text).unwrap();
        to.import_file(&path)
    };
    let cut = whole.floor_char_boundary(whole.len() - 100);
    assert!(matches!(import(&whole[..cut]), Err(ImportError::Truncated)));
    assert!(matches!(import("标题,作者\r\n"), Err(ImportError::Foreign)));
    let newer = whole.replace("{\"shiwen\":1", "{\"shiwen\":9");
    assert!(matches!(import(&newer), Err(ImportError::Newer(9))));
    let damaged = whole.replacen("},\n{", "}\n{", 1);
    assert!(matches!(import(&damaged), Err(ImportError::Damaged { line: 3, .. })));
    let missing = to.import_file(&folder.path().join("missing.json"));
    assert!(matches!(missing, Err(ImportError::Unreadable(_))));
    let all = Selection::Found { query: String::new() };
    assert_eq!(to.selected(&all).unwrap(), []);
    let one_unknown = whole.replacen("\"momoget\"", "\"unheard-of\"", 1);
    let imported = import(&one_unknown).unwrap();
    assert_eq!((imported.added, imported.skipped), (249, 1));
    from.close().await;
    to.close().await;
}

/// A task that holds addresses with signatures, as providers give them.
fn with_addresses(number: u32, operation: Operation, output: Output) -> ImportedTask {
    ImportedTask {
        link: None,
        operation,
        provider: ProviderId::RawUgc,
        subject: Some("一只猫".to_owned()),
        transcripts: Vec::new(),
        output: Some(output),
        ..task(number, "", "")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_addresses_leave_in_no_format() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let signed = |name: &str| format!("https://cdn.example/{name}?signature=canary-of-an-address");
    let work = Work {
        kind: WorkKind::Video,
        remote_id: Some("v-1".to_owned()),
        version: 1,
        edit: None,
        url: signed("clip.mp4"),
        expires_at: None,
        cover_url: Some(signed("cover.jpg")),
        title: Some("猫在阳台".to_owned()),
        duration_s: Some(15),
    };
    let untitled = Work { kind: WorkKind::Image, title: None, duration_s: None, ..work.clone() };
    let video = ScrapedVideo {
        url: "https://www.tiktok.com/@cat/video/1".to_owned(),
        description: Some("猫".to_owned()),
        cover_url: Some(signed("cover.jpg")),
        media_url: Some(signed("video.mp4")),
        ..ScrapedVideo::default()
    };
    let scrape = Scrape { scrape_id: "s-1".to_owned(), videos: vec![video] };
    let works = Output::Works { works: vec![work, untitled] };
    let ids = fill(
        &session,
        &[
            with_addresses(1, Operation::GenerateVideo, works),
            with_addresses(2, Operation::Scrape, Output::Scrape(scrape)),
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    for format in [ExportFormat::Txt, ExportFormat::Markdown, ExportFormat::Csv, ExportFormat::Json]
    {
        let path = folder.path().join(format!("works.{format}"));
        let done = export(&session, order(&ids, format, &path)).await;
        assert_eq!((done.state, done.done), (ExportState::Done, 2), "{done:?}");
        let text = fs::read_to_string(path).unwrap();
        assert!(!text.contains("canary") && !text.contains("cdn.example"), "{format}: {text}");
        assert!(text.contains("猫在阳台") && text.contains("tiktok.com"), "{format}: {text}");
    }
    let (table, _) = session.table(&Selection::Tasks { ids: ids.clone() }).unwrap();
    assert!(!table.tsv.contains("canary") && !table.html.contains("canary"));
    assert!(table.tsv.contains("视频 · 0:15 · 猫在阳台") && table.tsv.contains("图片"));

    // Where the file is read again its works have no address, so that none of them is asked for.
    let json = folder.path().join("works.json");
    let known = session.import_file(&json).unwrap();
    assert_eq!((known.added, known.known), (0, 2));
    let other = Stage::new().await;
    let other_session = other.session().await;
    assert_eq!(other_session.import_file(&json).unwrap().added, 2);
    let ids = other_session.selected(&Selection::Found { query: String::new() }).unwrap();
    let records = other_session.engine.store().records(&ids).unwrap();
    let works: Vec<_> = records.iter().flat_map(|record| &record.task.works).collect();
    assert!(works.len() == 2 && works.iter().all(|work| work.url.is_empty()), "{works:?}");
    other_session.close().await;
    session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_replaced_only_by_an_export_that_was_agreed_on_and_ended_well() {
    let stage = Stage::new().await;
    let session = stage.session().await;
    let ids = fill(&session, &many(3));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    fs::write(&path, "mine").unwrap();
    let replacing = async |order: ExportOrder| {
        let mut changes = session.export_changes();
        let begun = session.start_replacing_export(order).unwrap();
        ended(&mut changes, begun.id).await.pop().unwrap()
    };

    // One that fails leaves the file, and one whose name gets an ending was agreed on for another name.
    let failed = replacing(order(&[TaskId(9999)], ExportFormat::Txt, &path)).await;
    assert_eq!(failed.failure, Some(ExportFailure::Nothing));
    let other = replacing(order(&ids, ExportFormat::Txt, &folder.path().join("a"))).await;
    assert_eq!(Path::new(&other.path), folder.path().join("a (2).txt"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");

    let done = replacing(order(&ids, ExportFormat::Txt, &path)).await;
    assert_eq!((done.state, Path::new(&done.path)), (ExportState::Done, &*path), "{done:?}");
    assert!(fs::read_to_string(&path).unwrap().contains("红烧肉 2"));
    assert_eq!(names(folder.path()), ["a (2).txt", "a.txt"]);

    // A folder of that name is no file to be replaced.
    fs::create_dir(folder.path().join("b.txt")).unwrap();
    let failed = replacing(order(&ids, ExportFormat::Txt, &folder.path().join("b.txt"))).await;
    assert_eq!(failed.failure, Some(ExportFailure::Unwritable));
    assert_eq!(names(folder.path()), ["a (2).txt", "a.txt", "b.txt"]);
    session.close().await;
}
