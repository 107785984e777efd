package dev.tandem.javaapi

import dev.tandem.sleep
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.yield
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/** A generic Kotlin interface, as a library would have it. */
interface Repository<ID, T : Any> {
    suspend fun find(id: ID): T?

    suspend fun findAll(ids: List<ID>): List<T>

    suspend fun delete(id: ID)

    fun all(): Flow<T>
}

/** Functions of every kind, behind which a Java interface can be put. */
interface Accounts : Repository<Int, User> {
    val title: String

    suspend fun count(): Int

    suspend fun search(name: String): User

    suspend fun search(id: Int): User

    suspend fun <E> first(values: List<E>): E

    suspend fun missing(id: Int): User

    suspend fun pause(time: Duration)

    suspend fun recent(): Flow<User>

    suspend fun anywhere(id: Int): User

    suspend fun never(call: Never): User

    fun isOpen(id: Int): Boolean

    fun check(id: Int)
}

/** Private to this file: Java can call it only by what it implements. */
private class KotlinAccounts(
    private val log: MutableList<String>,
) : Accounts {
    override val title = "accounts"

    override suspend fun find(id: Int): User? {
        sleep(1.seconds)
        return if (id == 0) null else User(id, "user $id")
    }

    override suspend fun findAll(ids: List<Int>): List<User> = ids.mapNotNull { find(it) }

    override suspend fun delete(id: Int) {
        sleep(1.seconds)
        log += "deleted $id"
    }

    override fun all(): Flow<User> =
        flow {
            for (id in 1..2) emit(find(id)!!)
        }

    override suspend fun count(): Int = 2

    override suspend fun search(name: String): User = User(0, name)

    override suspend fun search(id: Int): User = User(id, "by number")

    override suspend fun <E> first(values: List<E>): E = values.first()

    override suspend fun missing(id: Int): User = throw UnknownUserException("no user $id")

    override suspend fun pause(time: Duration): Unit = sleep(time)

    override suspend fun recent(): Flow<User> = listOf(User(1, "recent")).asFlow()

    override suspend fun anywhere(id: Int): User {
        yield()
        return User(id, Thread.currentThread().name.substringBefore("-worker"))
    }

    override suspend fun never(call: Never): User = call.call()

    override fun isOpen(id: Int): Boolean = id > 0

    override fun check(id: Int) {
        if (id < 0) throw UnknownUserException("no user $id")
        log += "checked $id"
    }

    override fun equals(other: Any?): Boolean = other is KotlinAccounts && other.log === log

    override fun hashCode(): Int = 42

    override fun toString(): String = "KotlinAccounts"
}

object AllAccounts {
    @JvmStatic
    fun loggingTo(log: MutableList<String>): Accounts = KotlinAccounts(log)
}

/** Two functions that take the same argument. */
class Choices {
    suspend fun choose(value: CharSequence): User = User(1, "$value")

    suspend fun choose(value: Comparable<String>): User = User(2, "$value")
}
