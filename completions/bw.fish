# fish completion for bw. The candidates come from the program itself: `bw __complete -- WORDS…`.

function __bw_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    for line in (command $words[1] __complete -- $words[2..-1] "$typed" 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (string replace -r '^--[^=]*=' '' -- "$typed")
            case :folders
                __fish_complete_directories (string replace -r '^--[^=]*=' '' -- "$typed") ''
            case '*'
                echo $line
        end
    end
end

complete -c bw -f -a '(__bw_complete)'
