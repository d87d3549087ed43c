//! TXT, Markdown and templates.

use shiwen_core::{Analysis, ExportFormat, Keyframe, Operation, Output};
use shiwen_export::{Exported, Field, Template, Wording};

use crate::stage::{bare, hostile, task, wording, written, written_by};

fn text(format: ExportFormat, tasks: &[Exported]) -> String {
    String::from_utf8(written(format, tasks)).unwrap()
}

#[test]
fn a_text_file_has_heading_facts_link_and_text() {
    let tasks = [task("红烧肉的做法", "先焯水。\n再炒糖色。\n"), bare()];
    assert_eq!(
        text(ExportFormat::Txt, &tasks),
        "红烧肉的做法\n老张 · 抖音 · 7 字 · 3:25 · 2026-11-20 11:47 · momoget\n\
         https://www.douyin.com/video/7300000000000000001\n\n先焯水。\n再炒糖色。\n\n\
         备注：周三拍\n标签：做菜、爆款\n\n────────────────────\n\n\
         没有标题\n2026-11-20 11:47 · momoget\n"
    );
}

#[test]
fn markdown_of_one_task_has_front_matter_and_of_several_a_list_of_facts() {
    let one = [task("# 红烧肉: \"家常\"", "第一行\n- 第二行\n\n第二段 *重点*")];
    assert_eq!(
        text(ExportFormat::Markdown, &one),
        "---\ntitle: \"# 红烧肉: \\\"家常\\\"\"\nauthor: \"老张\"\nplatform: \"抖音\"\nprovider: \"momoget\"\n\
         url: \"https://www.douyin.com/video/7300000000000000001\"\ndate: \"2026-11-20\"\nwords: 11\nduration_s: 205\n\
         tags: [\"做菜\", \"爆款\"]\nnote: \"周三拍\"\n---\n\n# \\# 红烧肉: \"家常\"\n\n\
         第一行  \n\\- 第二行\n\n第二段 \\*重点\\*\n"
    );
    let two = text(ExportFormat::Markdown, &[task("一", "甲"), bare()]);
    assert_eq!(
        two,
        "# 一\n\n- 老张 · 抖音 · 1 字 · 3:25 · 2026-11-20 11:47 · momoget\n\
         - <https://www.douyin.com/video/7300000000000000001>\n- 标签：做菜、爆款\n- 备注：周三拍\n\n甲\n\
         \n---\n\n# 没有标题\n\n- 2026-11-20 11:47 · momoget\n"
    );
}

#[test]
fn a_hostile_title_stays_one_heading_without_control_characters() {
    for title in hostile() {
        let markdown = text(ExportFormat::Markdown, &[task(&title, "甲"), bare()]);
        let headings = markdown.lines().filter(|line| line.starts_with("# ")).count();
        assert_eq!(headings, 2, "{title:?}");
        assert!(!markdown.contains("<script>") && !markdown.contains(" *heading*"), "{title:?}");
        let plain = text(ExportFormat::Txt, &[task(&title, "甲")]);
        assert!(!plain.contains(|letter: char| letter.is_control() && letter != '\n'), "{title:?}");
        assert!(plain.lines().nth(1).unwrap().starts_with("老张 · "), "{title:?}");
    }
}

#[test]
fn a_template_says_how_a_task_is_written() {
    let template = Template::parse(
        "《{{title}}》{{author}}/{{platform}}/{{words}}/{{date}}/{{duration}}/{{provider}}/{{note}}/{{tags}} {{{{\n{{url}}\n{{text}}\n",
    )
    .unwrap();
    let tasks = [task("红烧肉", "焯水*"), task("鱼", "刮鳞")];
    let txt = written_by(ExportFormat::Txt, Some(&template), &tasks).unwrap();
    assert_eq!(
        String::from_utf8(txt).unwrap(),
        "《红烧肉》老张/抖音/2/2026-11-20/3:25/momoget/周三拍/做菜、爆款 {{\n\
         https://www.douyin.com/video/7300000000000000001\n焯水*\n\
         《鱼》老张/抖音/2/2026-11-20/3:25/momoget/周三拍/做菜、爆款 {{\n\
         https://www.douyin.com/video/7300000000000000001\n刮鳞\n"
    );
    let markdown = written_by(ExportFormat::Markdown, Some(&template), &tasks[..1]).unwrap();
    assert!(String::from_utf8(markdown).unwrap().ends_with("焯水\\*\n"));
}

#[test]
fn the_usual_template_is_sound_in_both_languages() {
    let english: std::collections::HashMap<String, String> =
        serde_json::from_str(include_str!("../../../../ui/messages/en.json")).unwrap();
    let english = Wording::utc(move |key| english[key].clone());
    for (wording, first) in [(wording(), "作者：老张"), (english, "Author: 老张")] {
        let template = Template::parse(&Template::usual(&wording)).unwrap();
        let filled = template.fill(&task("鱼", "刮鳞"), &wording);
        assert!(filled.starts_with(&format!("鱼\n{first}\n")), "{filled}");
        assert!(filled.ends_with("\n\n刮鳞\n"), "{filled}");
        for field in Field::ALL {
            assert!(!wording.label(*field).is_empty());
        }
    }
}

#[test]
fn an_analysis_is_told_in_lines() {
    let analysis = Analysis {
        summary: Some("一盆花".to_owned()),
        hook: Some("它倒了".to_owned()),
        keyframes: vec![Keyframe {
            at_s: 65.4,
            description: Some("花盆".to_owned()),
            audio: Some("笑声".to_owned()),
            ..Keyframe::default()
        }],
        why_it_performed: vec!["反差".to_owned()],
        ..Analysis::default()
    };
    let task = Exported {
        operation: Operation::Analyze,
        transcripts: Vec::new(),
        output: Some(Output::Analysis(analysis)),
        ..task("花", "")
    };
    let text = text(ExportFormat::Txt, &[task]);
    assert!(
        text.contains(
            "\n\n一句话：一盆花\n开头：它倒了\n关键画面\n1:05 花盆 · 笑声\n为什么有人看\n· 反差\n"
        ),
        "{text}"
    );
}
