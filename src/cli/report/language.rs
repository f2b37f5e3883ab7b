//! The languages that the page is written in.

use clap::ValueEnum;

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Language {
    #[default]
    En,
    #[value(name = "zh-CN", alias = "zh")]
    Zh,
}

impl Language {
    /// The one of two texts that is in this language.
    pub fn of<T>(self, english: T, chinese: T) -> T {
        match self {
            Language::En => english,
            Language::Zh => chinese,
        }
    }

    /// As HTML's `lang` names it.
    pub fn tag(self) -> &'static str {
        self.of("en", "zh-CN")
    }
}
