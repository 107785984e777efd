package dev.tandem

import io.kotest.matchers.shouldBe

/** The functions that wait for something else. */
internal val waitingCases: List<HandOffCase> =
    listOf(
        HandOffCase("gather") {
            val children = mutableListOf<Task<Unit>>()
            Attempt(
                victim = { progress ->
                    repeat(2) {
                        val pair = List(2) { createTask { workWithCleanup() } }
                        children += pair
                        gather(pair).await()
                        progress.next()
                    }
                },
                afterwards = { children.count { !it.done() } shouldBe 0 },
            )
        },
        HandOffCase("wait") {
            val tasks =
                List(2) { n ->
                    createTask {
                        sleep(TICK * (n + 1))
                        n
                    }
                }
            Attempt(
                victim = { progress ->
                    wait(tasks, returnWhen = ReturnWhen.FIRST_COMPLETED)
                    progress.next()
                    wait(tasks, timeout = TICK * 5)
                    progress.next()
                },
                afterwards = { gather(tasks).await() shouldBe listOf(0, 1) },
            )
        },
        HandOffCase("waitFor a task") {
            val tasks = mutableListOf<Task<Unit>>()
            Attempt(
                victim = { progress ->
                    listOf(TICK * 5, TICK).forEach { limit ->
                        val task = createTask { workWithCleanup() }
                        tasks += task
                        ignoringTimeout { waitFor(task, limit) }
                        progress.next()
                    }
                },
                afterwards = { tasks.count { !it.done() } shouldBe 0 },
            )
        },
        HandOffCase("waitFor queue.get") {
            val queue = Queue<Int>()
            val taken = mutableListOf<Int>()
            val producer =
                createTask {
                    repeat(3) {
                        sleep(TICK * 2)
                        queue.put(it)
                    }
                }
            Attempt(
                victim = { progress ->
                    repeat(4) {
                        ignoringTimeout { waitFor(TICK * 1.5) { taken += queue.get() } }
                        progress.next()
                    }
                },
                afterwards = {
                    producer.await()
                    while (!queue.empty()) taken += queue.getNoWait()
                    taken shouldBe listOf(0, 1, 2)
                    "$queue" shouldBe "Queue(0 items, 0 getting, 0 putting)"
                },
            )
        },
        HandOffCase("shield") {
            val work =
                createTask {
                    sleep(TICK * 2)
                    42
                }
            Attempt(
                victim = { progress ->
                    shield(work).await()
                    progress.next()
                },
                afterwards = { work.await() shouldBe 42 },
            )
        },
        HandOffCase("asCompleted") {
            val tasks =
                List(3) { n ->
                    createTask {
                        sleep(TICK * n)
                        n
                    }
                }
            Attempt(
                victim = { progress ->
                    for (next in asCompleted(tasks, timeout = TICK * 5)) {
                        next.await()
                        progress.next()
                    }
                },
                afterwards = { gather(tasks).await() shouldBe listOf(0, 1, 2) },
            )
        },
        HandOffCase("timeout") {
            Attempt(
                victim = { progress ->
                    ignoringTimeout { timeout(TICK) { workWithCleanup() } }
                    progress.next()
                    timeout(TICK * 9) { workWithCleanup() }
                    progress.next()
                },
                afterwards = {},
            )
        },
        HandOffCase("taskGroup") {
            val members = mutableListOf<Task<Unit>>()
            Attempt(
                victim = { progress ->
                    repeat(2) {
                        taskGroup { group ->
                            repeat(2) { members += group.createTask { workWithCleanup() } }
                            sleep(TICK)
                            progress.next()
                        }
                        progress.next()
                    }
                },
                afterwards = { members.count { !it.done() } shouldBe 0 },
            )
        },
        HandOffCase("sleep") {
            Attempt(
                victim = { progress ->
                    repeat(3) { n ->
                        sleep(TICK * n)
                        progress.next()
                    }
                },
                afterwards = {},
            )
        },
        HandOffCase("toThread", isDeterministic = false) {
            Attempt(
                victim = { progress ->
                    repeat(2) {
                        toThread {}
                        progress.next()
                    }
                },
                afterwards = { toThread { 42 } shouldBe 42 },
            )
        },
    )

private suspend fun workWithCleanup() {
    try {
        sleep(TICK * 2)
    } finally {
        sleep(TICK)
    }
}

private suspend fun ignoringTimeout(block: suspend () -> Unit) {
    try {
        block()
    } catch (_: TimeoutException) {
        // The case's own limit ran out, as it should; the disturbance of the test is a cancellation here.
    }
}
