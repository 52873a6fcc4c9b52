package com.bearlumen;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The client as Java sees it. */
class JavaTest {
    @Test
    void readsLikeJava() throws Exception {
        try (BearLumen bear = new BearLumen("sk_test_x", "http://127.0.0.1:9", Duration.ofSeconds(1))) {
            TrackOptions options = TrackOptions.builder()
                .model("eleven_multilingual_v2").provider("elevenlabs")
                .unit("characters", 1500).cost(new BigDecimal("0.12")).dimension("team", "voice").build();
            Tracked tracked = bear.track(null, options);
            assertEquals("reported", tracked.getCostBasis());
            assertEquals(0, new BigDecimal("0.12").compareTo(tracked.getCost()));
            String said = bear.context(TrackOptions.builder().userId("u").build(), () -> bear.track(ClientTest.RESPONSE).getModel());
            assertEquals("gpt-4o-2024-08-06", said);
            TrackedStream<String> stream = bear.trackStream(List.of("data: [DONE]").iterator());
            stream.forEachRemaining(chunk -> assertEquals("data: [DONE]", chunk));
            assertEquals(3, bear.stats().getTracked());
        }
    }
}
