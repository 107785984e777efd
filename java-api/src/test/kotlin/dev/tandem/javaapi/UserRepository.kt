package dev.tandem.javaapi

import dev.tandem.CancelledException
import dev.tandem.Coroutine
import dev.tandem.coroutine
import dev.tandem.sleep
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.io.IOException
import java.util.concurrent.CancellationException
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import kotlin.concurrent.thread
import kotlin.coroutines.intrinsics.COROUTINE_SUSPENDED
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.coroutines.resume
import kotlin.time.Duration.Companion.seconds

data class User(
    val id: Int,
    val name: String,
)

/** Thrown in the tests where a checked exception shall arrive as the very object. */
class UnknownUserException(
    message: String,
) : IOException(message)

/** A Kotlin interface of the ordinary kind, for Java code to call and to implement. */
interface UserRepository {
    suspend fun findUser(id: Int): User

    suspend fun rename(
        user: User,
        name: String,
    )
}

/** Suspend functions that suspend, or not, in every way there is. Each logs what happens to it. */
class KotlinUsers(
    val log: MutableList<String> = mutableListOf(),
) : UserRepository {
    /** Waits a second of the loop's time. */
    override suspend fun findUser(id: Int): User =
        logged("find") {
            sleep(1.seconds)
            User(id, "user $id")
        }

    override suspend fun rename(
        user: User,
        name: String,
    ) {
        sleep(1.seconds)
        log += "${user.name} is $name"
    }

    suspend fun withoutSuspending(id: Int): User = User(id, "at hand")

    suspend fun withDelay(id: Int): User =
        logged("delay") {
            delay(1000)
            User(id, "delayed")
        }

    suspend fun onOtherDispatcher(id: Int): User = withContext(Dispatchers.IO) { User(id, "from ${dispatcher()}") }

    suspend fun onThreadOfItsOwn(id: Int): User =
        suspendCoroutineUninterceptedOrReturn { k ->
            thread { k.resume(User(id, "elsewhere")) }
            COROUTINE_SUSPENDED
        }

    suspend fun missing(id: Int): User {
        sleep(1.seconds)
        throw UnknownUserException("no user $id")
    }

    fun missingAtOnce(id: Int): User = throw UnknownUserException("no user $id")

    suspend fun never(): User = logged("never") { awaitCancellation() }

    /** Needs no loop of Tandem's; suspends all the same. */
    suspend fun anywhere(id: Int): User {
        yield()
        return User(id, "from ${dispatcher()}")
    }

    /** Is told by [log] that it was cancelled, wherever it runs. */
    private inline fun <T> logged(
        name: String,
        body: () -> T,
    ): T =
        try {
            body()
        } catch (e: CancellationException) {
            log += "$name cancelled" + if (e is CancelledException && e.message != null) ": ${e.message}" else ""
            throw e
        }

    /** The kind of thread this runs on: `DefaultDispatcher`, without the number of the worker. */
    private fun dispatcher() = Thread.currentThread().name.substringBefore("-worker")
}

/** What Kotlin code does with a [UserRepository], whoever has implemented it. */
object RepositoryUse {
    @JvmStatic
    fun greeting(repository: UserRepository): Coroutine<String> =
        coroutine {
            val user = repository.findUser(42)
            repository.rename(user, "Zaphod")
            "hello ${user.name}"
        }

    /** As an application that knows nothing of Tandem: kotlinx's own way to block a thread. */
    @JvmStatic
    fun blockingFind(repository: UserRepository): User = runBlocking { repository.findUser(42) }

    @JvmStatic
    fun blockingRename(repository: UserRepository): Unit = runBlocking { repository.rename(User(1, "old"), "new") }

    /** Calls [UserRepository.findUser] outside of any loop and cancels that once [reached] is done. */
    @JvmStatic
    fun cancelledFind(
        repository: UserRepository,
        reached: CompletableFuture<*>,
    ): Boolean =
        runBlocking(Dispatchers.Default) {
            val call = async { repository.findUser(42) }
            reached.join()
            call.cancel()
            call.join()
            call.isCancelled
        }
}

/** A call that ends only by being cancelled, and says so to threads that are no loop's. */
class Never {
    val started = CountDownLatch(1)
    val ended = CountDownLatch(1)

    suspend fun call(): User =
        try {
            started.countDown()
            awaitCancellation()
        } finally {
            ended.countDown()
        }
}
