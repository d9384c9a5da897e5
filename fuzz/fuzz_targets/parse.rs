//! Any text: the parser neither panics nor loses a byte, and says the same twice.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proof::iam::Document;

fuzz_target!(|text: &str| {
    if let Ok(document) = Document::parse(text) {
        assert_eq!(document.raw(), text);
        assert_eq!(Document::parse(document.raw()), Ok(document));
    }
});
