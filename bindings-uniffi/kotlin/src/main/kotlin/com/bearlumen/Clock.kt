package com.bearlumen

internal object Clock {
    /** Dates events. */
    fun wallMs(): Long = System.currentTimeMillis()

    /** Steady: delivery is not moved by a clock that is set. */
    fun nowMs(): Long = System.nanoTime() / 1_000_000
}
