//! How the program was started.

use std::{
    ffi::OsString,
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
};

use shiwen_session::default_folder;

use crate::{ipc::Wish, wish};

/// The program's name towards the system. It must never change.
const IDENTIFIER: &str = shiwen_session::FOLDER_NAME;

#[derive(Debug, Clone)]
pub(crate) struct Arguments {
    pub(crate) folder: PathBuf,
    pub(crate) sandbox: bool,
    /// What another program hands over with this start.
    pub(crate) wish: Option<Wish>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum WrongArguments {
    #[error(
        "unknown argument: {0}\nusage: shiwen [--sandbox] [--data-dir FOLDER] [shiwen://extract?text=TEXT]"
    )]
    Unknown(String),
    #[error("--data-dir needs a folder")]
    NoFolderNamed,
    #[error("no data folder is known on this system; name one with --data-dir")]
    NoFolder,
}

impl Arguments {
    pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Self, WrongArguments> {
        let mut arguments = arguments;
        let mut folder = std::env::var_os("SHIWEN_DATA_DIR")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from);
        let mut sandbox = false;
        let mut wish = None;
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--sandbox") => sandbox = true,
                Some("--data-dir") => {
                    folder = Some(
                        arguments.next().map(PathBuf::from).ok_or(WrongArguments::NoFolderNamed)?,
                    );
                }
                // Written by anybody, so that one that says nothing is no mistake of the user's.
                Some(address) if wish::is_address(address) => wish = wish::read(address),
                _ => return Err(WrongArguments::Unknown(argument.to_string_lossy().into_owned())),
            }
        }
        let folder = folder.or_else(default_folder).ok_or(WrongArguments::NoFolder)?;
        Ok(Self { folder: std::path::absolute(&folder).unwrap_or(folder), sandbox, wish })
    }

    /// Whether the data folder is the one that the system has for it.
    pub(crate) fn is_usual(&self) -> bool {
        default_folder().is_some_and(|default| default == self.folder)
    }

    /// One instance per data folder: another folder has a name of its own.
    pub(crate) fn identifier(&self) -> String {
        if self.is_usual() {
            return IDENTIFIER.to_owned();
        }
        let mut hasher = DefaultHasher::new();
        self.folder.hash(&mut hasher);
        format!("{IDENTIFIER}.f{:016x}", hasher.finish())
    }
}

/// `SHIWEN_LOG`: error, warn (the default), info, debug or trace.
pub(crate) fn log_level() -> tracing::Level {
    std::env::var("SHIWEN_LOG")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(tracing::Level::WARN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Arguments, WrongArguments> {
        Arguments::parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn each_data_folder_has_an_instance_of_its_own() {
        let (one, other) =
            (parse(&["--data-dir", "/one"]).unwrap(), parse(&["--data-dir", "/other"]).unwrap());
        assert_ne!(one.identifier(), other.identifier());
        assert_eq!(
            one.identifier(),
            parse(&["--sandbox", "--data-dir", "/one"]).unwrap().identifier()
        );
        assert!(one.identifier().starts_with(IDENTIFIER));
    }

    #[test]
    fn an_address_of_ours_is_a_wish_and_no_other_is() {
        let wish = |address| parse(&["--data-dir", "/one", address]).map(|it| it.wish);
        assert_eq!(
            wish("shiwen://extract?text=a").unwrap().map(|wish| wish.text).as_deref(),
            Some("a")
        );
        assert_eq!(wish("shiwen://delete").unwrap(), None);
        assert!(wish("https://v.douyin.com/a/").is_err());
    }

    #[test]
    fn an_unknown_argument_is_named() {
        assert!(parse(&["--sandbx"]).unwrap_err().to_string().contains("--sandbx"));
        assert!(parse(&["--data-dir"]).is_err());
    }
}
