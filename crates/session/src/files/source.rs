//! Where a task's file is to be had, and how it is called.

use shiwen_core::{Media, Task, Timestamp, WorkKind};
use shiwen_http::FileClass;
use url::Url;

use super::name;

/// An address that a provider gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Source {
    pub(crate) url: Url,
    pub(crate) class: FileClass,
    pub(crate) expires_at: Option<Timestamp>,
}

/// The address of a task's file; none where it has no such file.
pub(crate) fn source(task: &Task, media: Media) -> Option<Source> {
    let (url, expires_at) = match media {
        Media::Video => (task.found.media_url.as_ref()?, None),
        Media::Cover => {
            let of_work = || task.works.first()?.cover_url.as_ref();
            (task.found.cover_url.as_ref().or_else(of_work)?, None)
        }
        Media::Work { index } => {
            let work = task.works.get(index as usize)?;
            (&work.url, work.expires_at)
        }
    };
    Some(Source { url: Url::parse(url).ok()?, class: class(task, media), expires_at })
}

fn class(task: &Task, media: Media) -> FileClass {
    match media {
        Media::Video => FileClass::Video,
        Media::Cover => FileClass::Image,
        Media::Work { index } => match task.works.get(index as usize).map(|work| work.kind) {
            Some(WorkKind::Image) => FileClass::Image,
            Some(WorkKind::Music) => FileClass::Audio,
            Some(WorkKind::Video) | None => FileClass::Video,
        },
    }
}

/// The name of a task's file without its ending: its title, else where it comes from.
pub(crate) fn stem(task: &Task, media: Media) -> String {
    let of_work = match media {
        Media::Work { index } => {
            task.works.get(index as usize).and_then(|work| work.title.as_deref())
        }
        Media::Video | Media::Cover => None,
    };
    of_work.and_then(name::stem).or_else(|| name::stem(task.title()?)).unwrap_or_else(|| {
        let link = task.link.as_ref();
        let of_link = link.and_then(|link| {
            let id = name::stem(link.id.as_deref()?)?;
            Some(format!("{}-{id}", link.platform))
        });
        of_link.unwrap_or_else(|| format!("{}-{}", task.provider, task.id))
    })
}

/// The ending that such a file most likely has; its first bytes decide.
pub(crate) fn likely_ending(task: &Task, media: Media) -> &'static str {
    match class(task, media) {
        FileClass::Video => "mp4",
        FileClass::Image => "jpg",
        FileClass::Audio => "mp3",
    }
}
