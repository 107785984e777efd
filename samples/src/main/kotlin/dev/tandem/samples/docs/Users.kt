package dev.tandem.samples.docs

import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlin.time.Duration.Companion.seconds

// The Kotlin code that `docs/java.md` calls from Java.

// region users
data class User(
    val id: Int,
    val name: String,
)

interface UserRepository {
    suspend fun findUser(id: Int): User

    fun allUsers(): Flow<User>
}

suspend fun UserRepository.nameOf(id: Int): String = findUser(id).name
// endregion

/** A repository that takes its time. */
class SlowUsers : UserRepository {
    private val users = listOf(User(1, "ada"), User(2, "bob"), User(3, "eve"))

    override suspend fun findUser(id: Int): User {
        delay(1.seconds)
        return users.first { it.id == id }
    }

    override fun allUsers(): Flow<User> =
        flow {
            try {
                for (user in users) {
                    delay(1.seconds)
                    emit(user)
                }
            } finally {
                println("flow closed")
            }
        }
}
