//! Dates and instants: which calendar day, which moment, a text names.

use jiff::Timestamp;
use jiff::civil::Date;

/// The calendar date that a text shows, as printed: `2018-01-30`, `2018-01-30T00:00:00+00:00`, `10/18/2021`.
///
/// A business date is midnight with an offset, so the date is never converted to another zone
/// (Acumatica behaviour, section 8).
pub fn date_of(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(day) = text.get(..10)
        && let Ok(date) = day.parse::<Date>()
    {
        let rest = &text[10..];
        let whole = rest.is_empty() || rest.starts_with('T') || rest.starts_with(' ');
        return whole.then_some(date);
    }
    let mut parts = text.splitn(3, '/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    Date::new(year.parse().ok().filter(|_| year.len() == 4)?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The same as it is written, where the text shows it in the form `2018-01-30`: a glance is enough for that.
pub fn day_of(text: &str) -> Option<&str> {
    let (day, rest) = text.split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *day.as_bytes() else { return None };
    if !matches!(rest.as_bytes().first(), None | Some(b'T')) || ![y1, y2, y3, y4, m1, m2, d1, d2].iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |tens: u8, ones: u8| ((tens - b'0') * 10 + (ones - b'0')).cast_signed();
    let year = i16::from(two(y1, y2)) * 100 + i16::from(two(y3, y4));
    Date::new(year, two(m1, m2), two(d1, d2)).is_ok().then_some(day)
}

/// The moment that a text names, with its offset honoured: `2018-10-25T16:47:35Z`, `2024-08-18T23:59:59.999+04:00`.
/// A text without an offset names no moment.
pub fn instant_of(text: &str) -> Option<Timestamp> {
    text.trim().parse::<Timestamp>().ok()
}

#[cfg(test)]
mod tests {
    use super::{date_of, day_of, instant_of};

    #[test]
    fn a_business_date_keeps_the_day_it_shows() {
        for text in ["2024-03-01", "2024-03-01T00:00:00+00:00", "2024-03-01T00:00:00-08:00", "03/01/2024", "3/1/2024"] {
            assert_eq!(date_of(text).unwrap().to_string(), "2024-03-01", "{text}");
            assert!(day_of(text).is_none_or(|day| day == "2024-03-01"), "{text}");
        }
        for text in ["", "2024-13-01", "2023-02-29", "2024-0a-01", "2024-03-01x", "1.3.2024", "03/01/24", "émile-2024x"] {
            assert!(date_of(text).is_none() && day_of(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_instant_honours_its_offset() {
        let instant = instant_of("2024-08-18T23:59:59.999+04:00").unwrap();
        assert_eq!(instant.to_string(), "2024-08-18T19:59:59.999Z");
        assert!(instant_of("2024-08-18T23:59:59").is_none());
    }
}
