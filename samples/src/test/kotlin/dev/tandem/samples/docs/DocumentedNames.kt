package dev.tandem.samples.docs

import java.lang.reflect.Method
import java.lang.reflect.Modifier
import java.net.JarURLConnection
import java.nio.file.Path
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.name
import kotlin.io.path.toPath

/** In which language a name is written, and so what it may be called. */
internal enum class Language { KOTLIN, JAVA }

/**
 * Looks up names as documentation writes them, in the public API of some packages: `Task`, `Task.cancel`,
 * `ReturnWhen.FIRST_COMPLETED` are classes and their members; `createTask` is a function, and `eagerTaskFactory` a
 * property, which belong to a Kotlin file or, in Java, to a class of statics.
 */
internal class DocumentedNames(
    private val language: Language,
    private val packages: List<String>,
) {
    private val classes = packages.flatMap(::classesOf).filter { Modifier.isPublic(it.modifiers) }

    private val functions: Set<String> =
        classes
            .filter(::holdsFunctions)
            .flatMap { it.methods.asList() }
            .mapNotNull(::nameOf)
            .toSet()

    fun exists(name: String): Boolean =
        when {
            name.first().isLowerCase() -> isAmong(functions, name)
            '.' !in name -> classesNamed(name).isNotEmpty()
            else -> classesNamed(name.substringBeforeLast('.')).any { hasMember(it, name.substringAfterLast('.')) }
        }

    private fun classesNamed(name: String): List<Class<*>> {
        val binaryNames = packages.map { "$it.${name.replace('.', '$')}" }
        return classes.filter { it.name in binaryNames }
    }

    private fun hasMember(
        type: Class<*>,
        member: String,
    ): Boolean {
        val methods = type.methods.mapNotNull(::nameOf)
        return isAmong(methods, member) ||
            type.fields.any { it.name == member } ||
            type.classes.any { it.simpleName == member }
    }

    /** Kotlin writes a getter as a property. */
    private fun isAmong(
        methods: Collection<String>,
        name: String,
    ): Boolean =
        name in methods ||
            (language == Language.KOTLIN && "get" + name.replaceFirstChar(Char::uppercase) in methods)

    /** What the language calls [method]: Java cannot name one whose name Kotlin has mangled. */
    private fun nameOf(method: Method): String? =
        method.name.takeIf { language == Language.KOTLIN || '-' !in it }?.substringBefore('-')

    private fun holdsFunctions(type: Class<*>): Boolean =
        when (language) {
            Language.KOTLIN -> type.name.endsWith("Kt")
            Language.JAVA -> !type.name.endsWith("Kt") && type.constructors.isEmpty() && hasStaticsOnly(type)
        }

    private fun hasStaticsOnly(type: Class<*>) =
        type.methods.all { Modifier.isStatic(it.modifiers) || it.declaringClass == Any::class.java }

    private fun classesOf(inPackage: String): List<Class<*>> {
        val folder = inPackage.replace('.', '/')
        val loader = javaClass.classLoader
        return loader
            .getResources(folder)
            .asSequence()
            .flatMap { location ->
                val connection = location.openConnection()
                if (connection is JarURLConnection) {
                    connection.jarFile
                        .entries()
                        .asSequence()
                        .map { it.name }
                        .filter {
                            it.substringBeforeLast('/') ==
                                folder
                        }.map { it.substringAfterLast('/') }
                        .toList()
                } else {
                    location
                        .toURI()
                        .toPath()
                        .listDirectoryEntries("*.class")
                        .map(Path::name)
                }
            }.filter { it.endsWith(".class") && it != "package-info.class" }
            .map { Class.forName("$inPackage.${it.removeSuffix(".class")}", false, loader) }
            .toList()
    }
}
