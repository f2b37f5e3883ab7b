//! As much of URLs as targeting and redirects need.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::domain::{Listed, in_small, pieces};

/// A URL in its parts, written the way a browser writes them. Hosts that are not ASCII are not turned into Punycode and
/// numeric IPv4 hosts not into dotted ones: they are compared as they stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Url {
    /// With the colon: `https:`.
    pub(super) protocol: String,
    /// User and password with `@`, or nothing.
    credentials: String,
    /// Name and port.
    pub(super) host: String,
    pub(super) path: String,
    /// With the `?`, or nothing.
    search: String,
    /// With the `#`, or nothing.
    hash: String,
}

/// What the hosts of a web page have.
const DEFAULT_PORTS: [(&str, &str); 5] = [("http:", "80"), ("https:", "443"), ("ws:", "80"), ("wss:", "443"), ("ftp:", "21")];

impl Url {
    /// Reads an absolute URL of a page. `None` for other schemes and for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = cleaned(text);
        let (scheme, rest) = text.split_once(':')?;
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'));
        let protocol = [&scheme.to_ascii_lowercase(), ":"].concat();
        if !is_scheme || !DEFAULT_PORTS.iter().any(|(known, _)| *known == protocol) {
            return None;
        }
        Self::with_authority(protocol, rest.trim_start_matches(['/', '\\']))
    }

    /// Reads a URL, absolute or relative to the root of `base`. A URL with the base's protocol and no two slashes after
    /// it is relative.
    pub(super) fn parse_at(text: &str, base: &Url) -> Option<Self> {
        let text = cleaned(text);
        let after_protocol = text.get(..base.protocol.len()).filter(|start| start.eq_ignore_ascii_case(&base.protocol));
        let rest = after_protocol.and_then(|_| text.get(base.protocol.len()..));
        let text = match rest.filter(|rest| rest.bytes().take(2).filter(|byte| matches!(byte, b'/' | b'\\')).count() < 2) {
            Some(rest) => rest.into(),
            None => text,
        };
        if let Some(url) = Self::parse(&text) {
            return Some(url);
        }
        let before_path = text.split(['/', '?', '#']).next().unwrap_or_default();
        if before_path.contains(':') {
            return None;
        }
        if let Some(rest) = text.strip_prefix("//").or_else(|| text.strip_prefix("\\\\")) {
            return Self::with_authority(base.protocol.clone(), rest.trim_start_matches(['/', '\\']));
        }
        let mut url = Url { protocol: base.protocol.clone(), host: base.host.clone(), ..Url::default() };
        url.read_path(&text);
        Some(url)
    }

    fn with_authority(protocol: String, rest: &str) -> Option<Self> {
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end)?;
        let (credentials, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
        let host = in_small(&percent_decoded(host, false));
        let is_host = |host: &str| !host.is_empty() && !host.contains([' ', '#', '%', '/', '<', '>', '?', '@', '\\', '^', '|']);
        let bare = host.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
        let host = match bare {
            Some((name, port)) if port.parse::<u16>().is_ok() || port.is_empty() => {
                let port = port.trim_start_matches('0');
                let is_default = port.is_empty() || DEFAULT_PORTS.contains(&(protocol.as_str(), port));
                if is_default { name.to_string() } else { [name, ":", port].concat() }
            }
            Some(_) => return None,
            None => host,
        };
        if !is_host(&host) {
            return None;
        }
        let credentials = if credentials.is_empty() { String::new() } else { [credentials, "@"].concat() };
        let mut url = Url { protocol, credentials, host, ..Url::default() };
        url.read_path(rest);
        Some(url)
    }

    /// Reads path, search and hash.
    fn read_path(&mut self, text: &str) {
        let (before, hash) = text.split_once('#').map_or((text, None), |(before, hash)| (before, Some(hash)));
        let (path, search) = before.split_once('?').map_or((before, None), |(path, search)| (path, Some(search)));
        let part = |mark: &str, part: Option<&str>, special: &[char]| {
            part.map(|text| [mark, &encoded(text, special)].concat()).unwrap_or_default()
        };
        self.path = without_dots(&encoded(path, &['"', '#', '<', '>', '?', '^', '`', '{', '}']));
        self.search = part("?", search, &['"', '#', '<', '>', '\'']);
        self.hash = part("#", hash, &['"', '<', '>', '`']);
    }

    /// Protocol and host: `https://example.com:8443`.
    pub(super) fn origin(&self) -> String {
        [&self.protocol, "//", &self.host].concat()
    }

    /// What follows the origin.
    pub(super) fn after_origin(&self) -> String {
        [self.path.as_str(), &self.search, &self.hash].concat()
    }

    /// The anchor with its `#`; empty for a lone `#`.
    pub(super) fn anchor(&self) -> &str {
        if self.hash.len() > 1 { &self.hash } else { "" }
    }

    /// The whole.
    pub(super) fn href(&self) -> String {
        [self.protocol.as_str(), "//", &self.credentials, &self.host, &self.path, &self.search, &self.hash].concat()
    }

    /// Names and values of the search, decoded, in their order.
    pub(super) fn parameters(&self) -> Vec<(String, String)> {
        let search = self.search.strip_prefix('?').unwrap_or_default();
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decoded(name, true), percent_decoded(value, true))
        };
        search.split('&').filter(|pair| !pair.is_empty()).map(pair).listed()
    }

    /// Writes the search anew.
    pub(super) fn set_parameters(&mut self, parameters: &[(String, String)]) {
        self.search.clear();
        for (name, value) in parameters {
            let mark = if self.search.is_empty() { "?" } else { "&" };
            for part in [mark, &form_encoded(name), "=", &form_encoded(value)] {
                self.search.push_str(part);
            }
        }
    }
}

/// Without the white space around it and the line breaks and tabs inside.
fn cleaned(text: &str) -> String {
    text.trim_matches(|character: char| character <= ' ').chars().filter(|character| !matches!(character, '\t' | '\n' | '\r')).collect()
}

/// Resolves `.` and `..`, and takes `\` for `/`.
fn without_dots(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut segments: Vec<&str> = Vec::new();
    let mut parts = path.strip_prefix('/').unwrap_or(&path).split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let plain = pieces(&part.to_ascii_lowercase(), "%2e").join(".");
        match plain.as_str() {
            "." if is_last => segments.push(""),
            "." => {}
            ".." => {
                segments.pop();
                if is_last {
                    segments.push("");
                }
            }
            _ => segments.push(part),
        }
    }
    ["/", &segments.join("/")].concat()
}

/// Control characters, blanks, what is not ASCII and `special` as `%XX`.
fn encoded(text: &str, special: &[char]) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if character <= ' ' || character > '~' || special.contains(&character) {
            push_percent(&mut result, character);
        } else {
            result.push(character);
        }
    }
    result
}

/// As forms are sent: a blank is `+`, and only letters, digits and `*-._` stay.
fn form_encoded(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' => result.push('+'),
            _ if character.is_ascii_alphanumeric() || matches!(character, '*' | '-' | '.' | '_') => result.push(character),
            _ => push_percent(&mut result, character),
        }
    }
    result
}

fn push_percent(result: &mut String, character: char) {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0').to_ascii_uppercase();
    let mut bytes = [0; 4];
    for byte in character.encode_utf8(&mut bytes).bytes() {
        result.extend(['%', digit(byte >> 4), digit(byte & 15)]);
    }
}

/// Reads `%XX`, and `+` as a blank where that is asked for; what is no UTF-8 becomes U+FFFD.
fn percent_decoded(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let nibble = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
        match (byte, nibble(ahead.next()), nibble(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(high << 4 | low);
                rest = ahead;
            }
            (b'+', ..) if plus => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_page_is_refused() {
        for text in [
            "",
            "example.com",
            "/home",
            "https://",
            "https:///",
            "mailto:a@b.c",
            "data:,x",
            "1http://a",
            "https://a:99999/",
            "https://a b/",
        ] {
            assert_eq!(Url::parse(text), None, "{text}");
        }
    }

    /// Expected texts from Node.
    #[test]
    fn urls_are_written_as_a_browser_does() {
        let cases = [
            ("HTTP://Example.COM", "http://example.com/"),
            ("https://example.com:443/a", "https://example.com/a"),
            ("https://example.com:8443", "https://example.com:8443/"),
            ("https://u:p@example.com/x", "https://u:p@example.com/x"),
            ("http:\\\\example.com\\a\\..\\b", "http://example.com/b"),
            ("http://example.com/a/./b/../c/.", "http://example.com/a/c/"),
            ("http://example.com/ä b?q=ä b'#ä`", "http://example.com/%C3%A4%20b?q=%C3%A4%20b%27#%C3%A4%60"),
            (" https://example.com/a\nb ", "https://example.com/ab"),
            ("https://example.com?x", "https://example.com/?x"),
            ("https://example.com/?#", "https://example.com/?#"),
        ];
        for (text, expected) in cases {
            assert_eq!(Url::parse(text).unwrap().href(), expected, "{text}");
        }
    }

    #[test]
    fn relative_urls_stand_under_the_base() {
        let base = Url::parse("https://_").unwrap();
        for (text, expected) in [
            ("", "https://_/"),
            ("a/b", "https://_/a/b"),
            ("/a?b#c", "https://_/a?b#c"),
            ("//h/x", "https://h/x"),
            ("?q", "https://_/?q"),
            ("HTTPS:/x", "https://_/x"),
            ("https:x", "https://_/x"),
        ] {
            assert_eq!(Url::parse_at(text, &base).unwrap().href(), expected, "{text}");
        }
        assert_eq!(Url::parse_at("mailto:x", &base), None);
    }

    #[test]
    fn parameters_survive_a_round_trip() {
        let mut url = Url::parse("https://a/?q=1%202+3&&x&y=%E4%BD%A0%ff").unwrap();
        let parameters = url.parameters();
        assert_eq!(parameters, [("q".into(), "1 2 3".into()), ("x".into(), String::new()), ("y".into(), "你\u{fffd}".into())]);
        url.set_parameters(&parameters);
        assert_eq!(url.search, "?q=1+2+3&x=&y=%E4%BD%A0%EF%BF%BD");
        assert_eq!(url.parameters(), parameters);
        url.set_parameters(&[]);
        assert_eq!(url.href(), "https://a/");
    }
}
