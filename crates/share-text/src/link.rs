//! Reads one link: how far it goes, whose it is, what it leads to.

use shiwen_core::{Link, LinkKind, Platform};

use crate::{
    authority, chars,
    extent::{self, Around, Extent},
    hosts::Host,
    pattern::{self, Fit},
    plain,
    sites::{self, Form},
};

/// A place where a link may stand: the text from a known or intact beginning on.
pub(crate) struct Start<'t> {
    pub(crate) text: &'t str,
    /// The scheme with its `://`, as it will be written.
    pub(crate) scheme: &'t str,
    /// Where the link begins in the text, scheme included.
    pub(crate) from: usize,
    pub(crate) authority_from: usize,
    pub(crate) authority_to: usize,
    /// Whether the text has a scheme that needs no guessing. Without one only listed hosts and forms count.
    pub(crate) intact: bool,
}

/// What was read.
pub(crate) struct Reading {
    /// None for a home page, a mention, or a host that means nothing without a scheme.
    pub(crate) link: Option<Link>,
    /// Where the link, or what looked like one, ends.
    pub(crate) end: usize,
}

pub(crate) fn read(start: &Start<'_>) -> Reading {
    let authority = &start.text[start.authority_from..start.authority_to];
    let name = authority::host(authority);
    let host = name.as_deref().and_then(Host::of);
    let around = Around {
        quoted: chars::before(start.text, start.from) == Some('\''),
        json: name.as_deref().is_some_and(sites::writes_raw_json),
    };
    if let Some(reading) = host.as_ref().and_then(|host| start.coded(host, around)) {
        return reading;
    }
    let extent = extent::whole(start.text, start.authority_to, around);
    match (host, &name) {
        (Some(host), _) => start.page(&host, &extent, around),
        (None, Some(name)) if start.intact => start.foreign(name, &extent),
        _ => Reading { link: None, end: extent.end },
    }
}

impl Start<'_> {
    /// A link that ends with its code.
    fn coded(&self, host: &Host<'_>, around: Around) -> Option<Reading> {
        let mut forms = host.forms(self.intact).filter(|form| form.coded).peekable();
        forms.peek()?;
        let bytes = self.text.as_bytes();
        let path_from = self.authority_to;
        let path = self.codes(path_from);
        let (form, fit) =
            forms.find_map(|form| Some((form, pattern::fit(form.path, path, None)?)))?;

        let path_to = path_from + fit.len;
        let mut end = path_to;
        if bytes.get(end) == Some(&b'/') {
            end += 1;
        }
        let mut query = None;
        if bytes.get(end) == Some(&b'?') {
            let query_to = extent::query(self.text, end, around);
            if query_to > end {
                query = Some(&self.text[end + 1..query_to]);
                end = query_to;
            }
        }
        let path = &self.text[path_from..path_to];
        let link = self.link(host, form, &fit, path, query, end);
        Some(Reading { link: Some(link), end })
    }

    /// What a pattern that ends with a code can look at, from `from` on: up to what no code and no path to it holds.
    fn codes(&self, from: usize) -> &str {
        // No code is anywhere near as long.
        const REACH: usize = 200;
        let bytes = &self.text.as_bytes()[from..];
        let holds = |b: &u8| chars::in_code(*b) || matches!(b, b'/' | b'.');
        let to = from + bytes.iter().take(REACH).take_while(|b| holds(b)).count();
        let path = &self.text[from..to];
        // The scheme of another link is glued to the code.
        let scheme = ["https", "http"].into_iter().find(|scheme| {
            let at = path.len().checked_sub(scheme.len());
            at.is_some_and(|at| chars::scheme_begins(self.text, from + at))
        });
        &path[..path.len() - scheme.map_or(0, str::len)]
    }

    /// A link to a host of a platform that is no short link.
    fn page(&self, host: &Host<'_>, extent: &Extent, around: Around) -> Reading {
        let (path, query) = self.parts(extent);
        let found = self.form(host, path, query);
        let torn = self.is_torn(found.as_ref().map(|(form, _)| form.kind), extent);
        if torn {
            return self
                .raw(host, extent, around)
                .unwrap_or(Reading { link: None, end: extent.end });
        }
        let link = match found {
            Some((form, fit)) => Some(self.link(host, form, &fit, path, query, extent.end)),
            None if host.site.only_forms => return self.foreign(host.name, extent),
            None => self.is_page_without_form(host, path).then(|| Link {
                url: self.url(extent.end),
                platform: host.site.platform,
                kind: LinkKind::Other,
                id: None,
                canonical: Some(plain::address(host.name, path, query, host.site.needed)),
                title: None,
            }),
        };
        Reading { link, end: extent.end }
    }

    /// Whether a page that fits no form is worth a link. A home page is a mention, and a short host without a code
    /// leads nowhere.
    fn is_page_without_form(&self, host: &Host<'_>, path: &str) -> bool {
        let path = path.trim_matches('/');
        self.intact
            && !path.is_empty()
            && !host.is_short()
            && !host
                .site
                .promotions
                .iter()
                .any(|promotion| promotion[1..].eq_ignore_ascii_case(path))
    }

    fn form<'s>(
        &self,
        host: &Host<'_>,
        path: &'s str,
        query: Option<&'s str>,
    ) -> Option<(&'static Form, Fit<'s>)> {
        let mut forms = host.forms(self.intact).filter(|form| !form.coded);
        forms.find_map(|form| Some((form, pattern::fit(form.path, path, query)?)))
    }

    /// Whether a letter beyond ASCII, or the dots of a placeholder, cut off what the link is about: a key word or a name
    /// that a browser copied decoded. The part before it would be a wrong link.
    fn is_torn(&self, kind: Option<LinkKind>, extent: &Extent) -> bool {
        let rest = &self.text[extent.end..];
        let letters = self.letters(extent.end);
        let waits = self.text[..extent.end].ends_with(['/', '=', '@', '-']);
        match kind {
            Some(LinkKind::Search) => letters > 0,
            None | Some(LinkKind::Other) => {
                waits && (letters > 0 || rest.starts_with("...") || rest.starts_with('…'))
            }
            // A name with letters beyond ASCII goes on; in prose that is glued to it no address would follow.
            Some(LinkKind::User | LinkKind::Topic) => {
                letters > 0 && self.goes_on(extent.end + letters)
            }
            Some(_) => false,
        }
    }

    /// How many bytes of letters begin at `at`, the first of them beyond ASCII.
    fn letters(&self, at: usize) -> usize {
        // No name or key word is longer, in characters.
        const REACH: usize = 40;
        match chars::after(self.text, at) {
            Some(c) if !c.is_ascii() && c.is_alphanumeric() => {}
            _ => return 0,
        }
        let letter = |c: &char| c.is_alphanumeric() || matches!(c, '%' | '-' | '_' | '+');
        self.text[at..].chars().take(REACH).take_while(letter).map(char::len_utf8).sum()
    }

    /// Whether a path or a query follows at `at`.
    fn goes_on(&self, at: usize) -> bool {
        let rest = &self.text[at..];
        let Some(query) = rest.strip_prefix('?') else { return rest.starts_with('/') };
        let name = query.bytes().take(32).take_while(|b| chars::in_code(*b)).count();
        name > 0 && query.as_bytes().get(name) == Some(&b'=')
    }

    /// A link whose path holds a key word or a name as it is read. A name ends where white space or markup does; a key
    /// word can have prose glued to it, so that its end is certain only before a query.
    fn raw(&self, host: &Host<'_>, cut: &Extent, around: Around) -> Option<Reading> {
        let word_to = cut.end + self.letters(cut.end);
        if cut.path_end != cut.end || word_to == cut.end {
            return None;
        }
        // A full-width letter that was not folded is in no part of a link.
        if self.text[cut.end..word_to].chars().any(|c| chars::narrow(c).is_some()) {
            return None;
        }
        let next = chars::after(self.text, word_to);
        let ends =
            next.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`'));
        if !ends && !self.goes_on(word_to) {
            return None;
        }
        let extent = extent::whole(self.text, word_to, around);
        if self.letters(extent.end) > 0 {
            return None;
        }
        let (path, query) = self.parts(&extent);
        let (form, fit) = self.form(host, path, query)?;
        if form.kind == LinkKind::Search && ends {
            return None;
        }
        let link = self.link(host, form, &fit, path, query, extent.end);
        Some(Reading { link: Some(link), end: extent.end })
    }

    fn foreign(&self, host: &str, extent: &Extent) -> Reading {
        let (path, query) = self.parts(extent);
        let rest = &self.text[extent.path_end..extent.end];
        let home = path.trim_matches('/').is_empty() && rest.is_empty();
        let fragment = rest.find('#').map_or("", |at| &rest[at..]);
        let link = (self.intact && !home).then(|| Link {
            url: self.url(extent.end),
            platform: Platform::Other,
            kind: LinkKind::Other,
            id: None,
            canonical: Some(plain::foreign_address(host, path, query, fragment)),
            title: None,
        });
        Reading { link, end: extent.end }
    }

    fn link(
        &self,
        host: &Host<'_>,
        form: &Form,
        fit: &Fit<'_>,
        path: &str,
        query: Option<&str>,
        end: usize,
    ) -> Link {
        let id = fit.id.map(|id| match form.path.contains("{aid}") {
            true => format!("av{id}"),
            false => plain::decoded(id),
        });
        let canonical = match &id {
            Some(id) if !form.plain.is_empty() => plain::filled(form.plain, id, query),
            _ => plain::address(host.name, path, query, host.site.needed),
        };
        Link {
            url: self.url(end),
            platform: host.site.platform,
            kind: form.kind,
            id,
            canonical: Some(canonical),
            title: None,
        }
    }

    fn url(&self, end: usize) -> String {
        [self.scheme, &self.text[self.authority_from..end]].concat()
    }

    /// The path, and the query without `?` and fragment.
    fn parts(&self, extent: &Extent) -> (&str, Option<&str>) {
        let path = &self.text[self.authority_to..extent.path_end];
        let query = self.text[extent.path_end..extent.end].strip_prefix('?');
        (path, query.map(|query| query.split('#').next().unwrap_or(query)))
    }
}
