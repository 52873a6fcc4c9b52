//! Ids that a person can read out: two words and six characters, `OLIVE-DINOSAUR-1b2fE4`.

const COLOURS: [&str; 32] = [
    "AMBER", "AQUA", "AZURE", "BEIGE", "BLACK", "BLUE", "BRONZE", "BROWN", "COPPER", "CORAL",
    "CREAM", "CRIMSON", "CYAN", "GOLD", "GREEN", "GREY", "INDIGO", "IVORY", "JADE", "LILAC",
    "LIME", "MAROON", "OLIVE", "ORANGE", "PINK", "PLUM", "PURPLE", "RED", "SILVER", "TEAL",
    "VIOLET", "WHITE",
];

const ANIMALS: [&str; 32] = [
    "BADGER", "BEAR", "BEAVER", "BISON", "CAMEL", "CRANE", "DINOSAUR", "DOLPHIN", "EAGLE",
    "FALCON", "FINCH", "FOX", "GECKO", "HERON", "HORSE", "KOALA", "LEMUR", "LION", "LYNX",
    "MARTEN", "MOOSE", "OTTER", "OWL", "PANDA", "PUFFIN", "RAVEN", "ROBIN", "SEAL", "STORK",
    "TIGER", "WHALE", "ZEBRA",
];

const CHARACTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Names one request in its response, in the log and to support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CorrelationId(String);

impl CorrelationId {
    /// From a request's entropy.
    pub(crate) fn new(entropy: &[u8; 32]) -> Self {
        let [colour, animal, tail @ ..] = entropy;
        let pick = |words: &[&'static str; 32], byte: u8| {
            words.get(usize::from(byte % 32)).copied().unwrap_or("")
        };
        let mut text = format!("{}-{}-", pick(&COLOURS, *colour), pick(&ANIMALS, *animal));
        for byte in tail.iter().take(6) {
            text.extend(
                CHARACTERS
                    .get(usize::from(byte % 62))
                    .map(|c| char::from(*c)),
            );
        }
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_words_and_six_characters() {
        let mut entropy = [0; 32];
        entropy[0] = 22;
        entropy[1] = 6;
        assert_eq!(
            CorrelationId::new(&entropy).as_str(),
            "OLIVE-DINOSAUR-000000"
        );
        assert_eq!(
            CorrelationId::new(&[255; 32]).as_str(),
            "WHITE-ZEBRA-777777"
        );
    }
}
