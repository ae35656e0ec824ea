//! Percent-encoding: how does text become part of an address?

/// Encodes one path segment or query name: everything but letters, digits and `-._~`.
pub(super) fn encode(text: &str) -> String {
    encode_keeping(text, "")
}

/// Encodes a query value, keeping the signs that may stand there as they are. `:` and `+` are encoded: Acumatica
/// wants that of the dates in a `$filter`.
pub(super) fn encode_value(text: &str) -> String {
    encode_keeping(text, ",/'()*!")
}

/// `name=value&…`, encoded.
pub(super) fn query(pairs: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(&encode_keeping(name, "$"));
        text.push('=');
        text.push_str(&encode_value(value));
    }
    text
}

/// An `application/x-www-form-urlencoded` body.
pub(super) fn form(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

fn encode_keeping(text: &str, kept: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || kept.as_bytes().contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{encode, form, query};

    #[test]
    fn each_part_is_encoded_for_its_place() {
        assert_eq!(encode("AP 1/2|é"), "AP%201%2F2%7C%C3%A9");
        let pairs = [("$filter".to_owned(), "A eq 'x & y'".to_owned()), ("filters[id]".to_owned(), "+1:2".to_owned())];
        assert_eq!(query(&pairs), "$filter=A%20eq%20'x%20%26%20y'&filters%5Bid%5D=%2B1%3A2");
        assert_eq!(form(&[("password", "a&b=c d+")]), "password=a%26b%3Dc%20d%2B");
    }
}
